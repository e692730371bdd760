"""What stands before an article, or in its place, is not stored as one; short texts that speak of such things are."""

import pytest

from pipelines.errors import PageRejected, Reason
from tests.test_body import read

GATES = {
    "Just a moment...": "Checking your browser before accessing news.example.com. Please allow up to 5 seconds. Enable JavaScript and cookies to continue.",
    "安全验证": "系统检测到您的网络环境存在异常访问行为，为保证您的正常使用，请完成下方验证后继续访问。验证通过后将自动跳转到您要访问的页面，请不要关闭本窗口。",
    "访问被拦截": "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。如果您认为这是误判，请将请求ID反馈给网站管理员，我们会尽快为您处理。",
    "请稍候…": "本过程自动进行，完成后您的浏览器将自动跳转到您请求的内容，请允许最多五秒钟的时间，在此期间请不要关闭或者刷新本页面。",
    "用户登录 - 示例新闻网": "登录即表示您已阅读并同意《用户服务协议》和《隐私政策》，未注册的手机号验证后将自动创建账号，请妥善保管您的账号和密码，不要泄露给他人使用。",
    "访问过于频繁": "为了保障网站的正常运行，系统已暂时限制了您所在网络的访问请求，请您在十分钟之后重新尝试打开本页面，由此给您带来的不便敬请谅解。",
    "公告": "尊敬的用户，为了给您提供更好的服务，本站将于今日进行系统升级维护，维护期间网站暂时无法访问，预计两个小时后恢复，给您带来的不便敬请谅解。",
    "示例要闻深度报道": "本文为付费内容，请登录后订阅阅读全文。已经订阅的读者请直接登录，尚未订阅的读者可以选择按月或者按年订阅，学生另有优惠。",
    "示例网": "请开启JavaScript并刷新该页面，您的浏览器版本过低或者已经禁止运行脚本，因此无法正常显示本页面的内容，请更换浏览器后重试。",
    "页面走丢了": "您可以返回首页继续浏览其他内容，或者使用搜索功能查找您需要的信息，系统将在五秒之后自动跳转到首页，请您稍候片刻不要离开。",
    "系统提醒": "当前访问人数过多，系统繁忙，请您稍后再试。如果长时间无法访问，请联系客服人员处理，给您带来的不便我们深表歉意，感谢您一直以来的支持。",
    "温馨提示": "您的IP已被列入黑名单，暂时无法访问本站。如果您认为这是系统误判，请发送邮件说明情况，并附上您的IP地址和访问时间，工作人员会尽快处理。",
    "打开方式": "请在微信客户端打开链接。本页面只能在微信内置浏览器中正常显示，请复制地址之后粘贴到微信聊天窗口中，或者使用微信扫描下面的二维码。",
    "网站暂停": "该网站未根据工信部相关法规进行备案，或者备案信息已经过期，因此暂时无法访问。网站管理员请尽快登录备案系统完成备案，成功之后可以恢复访问。",
    "示例域名": "您正在访问的域名可以转让！如果您对该域名感兴趣，请点击下面的链接提供您的报价，我们的经纪人会在一个工作日之内与您联系，提供安全的交易服务。",
    "Pardon Our Interruption": "As you were browsing something about your browser made us think you were a bot. A third-party plugin may keep scripts from running.",
    "无权限": "对不起，您没有权限浏览该内容，本栏目仅限单位内部人员访问，如需查看请联系管理员开通权限，或者使用内部网络的电脑重新打开本页面，谢谢配合。",
    "升级提示": "您正在使用的浏览器版本过低，建议您升级浏览器，或者使用以下浏览器访问：谷歌浏览器、火狐浏览器、三六零极速浏览器，以便得到更好的体验。",
    "站点停用": "没有找到站点。您的请求在服务器中没有找到对应的站点，可能原因：您没有将此域名或者地址绑定到对应的站点，配置文件没有生效，请检查。",
    "跳转": "您即将离开示例网，前往第三方网站，该网站的内容与安全由其自行负责，请注意您的账号和财产安全，如需继续浏览请点击下面的按钮继续访问。",
    "安全驗證": "系統檢測到您的網絡環境存在異常訪問行為，為保證您的正常使用，請完成下方驗證後繼續訪問。驗證通過後將自動跳轉到您要訪問的頁面。",
}
ARTICLES = {
    "医保系统今晚维护": ("2024-03-01 08:30", "市医保局昨天表示，医保系统将于今晚十时起进行升级维护，维护期间无法访问线上服务大厅，群众可以到窗口办理，预计明早六时恢复。"),
    "多家网站被曝强制登录": ("2024-03-01 08:30", "打开网页就要登录才能查看全文，不少市民向本报反映说，他们只想看一条天气预报，却被要求填写手机号码，专家认为这样做并不妥当。"),
    "滑动验证码里的小学数学": ("", "滑动一下就能通过，看上去很简单的小方块，背后是老师们带着孩子做了一个学期的函数课题，昨天在全市的科技节上拿到了一等奖。"),
    "早高峰的地铁站": ("", "当前访问博物馆的观众越来越多，周末入口处常常排起长队，馆方昨天宣布夏天起延长开放两个小时，并请市民错开高峰前来参观。"),
    "登录港的春天": ("", "登录港是河湾北岸的一座小渔港，每年三月渔船出海之前，老人们都要在码头边摆上一桌酒菜，今年来看热闹的游客比往年多了三成。"),
}  # fmt: skip


def page(title: str, text: str, date: str = "") -> str:
    line = f"<div>{date} 来源：示例日报</div>" if date else ""
    return f"<h1>{title}</h1>{line}<div><p>{text}</p></div>"


@pytest.mark.parametrize("title", GATES)
def test_what_stands_before_an_article_is_none(title: str) -> None:
    with pytest.raises(PageRejected) as rejected:
        read(page(title, GATES[title]), title=title)
    assert rejected.value.reason is Reason.ERROR_PAGE


def test_what_is_left_beside_a_wall_is_none() -> None:
    with pytest.raises(PageRejected):
        read(
            "<h1>示例要闻</h1><p>本文为付费内容，请登录后订阅阅读全文。</p><form>手机号<input><button>立即订阅</button></form>",
            title="示例要闻",
        )


@pytest.mark.parametrize("title", ARTICLES)
def test_a_short_story_about_such_things_is_an_article(title: str) -> None:
    date, text = ARTICLES[title]
    assert read(page(title, text, date), title=title).paragraphs == (text,)
