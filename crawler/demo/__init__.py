"""The bundled site of repost pages: what `demo` crawls and the end-to-end tests compare with."""
