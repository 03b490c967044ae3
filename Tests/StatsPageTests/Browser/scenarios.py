"""What people do with the page. Each is a browser of its own, and a server with nothing in it."""
from check import (
    CANARIES, KEYS, By, Keys, Select, colours, enter, one, picture, resize, settled, text, until,
)


def given(keys=None, allowed=()):
    def mark(scenario):
        scenario.keys, scenario.allowed = keys, allowed
        return scenario
    return mark


@given()
def counts(driver, server):
    """The slider, the number, the interval and the client change what is asked for, and what is shown."""
    server.fill()
    server.fill(50, 1, "other")
    enter(driver)
    settled(driver)
    assert driver.find_elements(By.CSS_SELECTOR, "#chart canvas")
    slider = one(driver, "#above")
    slider.send_keys(Keys.ARROW_RIGHT)
    until(driver, "a tenth of a percent more is asked for",
          lambda: server.asked("/v1/stats")[-1]["above"] == "501000" and "50.1" in text(driver, "#totals"))
    assert one(driver, "#above-number").get_attribute("value") == "50.1"
    number = one(driver, "#above-number")
    number.send_keys(Keys.CONTROL, "a")
    number.send_keys(Keys.NULL, "0")
    until(driver, "0 % is asked for", lambda: server.asked("/v1/stats")[-1]["above"] == "0")
    number.send_keys(Keys.CONTROL, "a")
    number.send_keys(Keys.NULL, "250", Keys.TAB)
    assert number.get_attribute("value") in ("2", "25"), number.get_attribute("value")
    for choice, step in [("hour", "PT1M"), ("week", "PT3H"), ("month", "PT6H"), ("year", "P1W"), ("day", "PT15M")]:
        one(driver, f"[value={choice}] + span").click()
        until(driver, f"{choice} is asked for", lambda: server.asked("/v1/stats")[-1]["step"] == step)
    settled(driver)
    one(driver, "#client").send_keys("other")
    until(driver, "one client's are asked for", lambda: server.asked("/v1/stats")[-1].get("client") == "other"
          and "50 pictures of other" in text(driver, "#totals"))
    last = server.asked("/v1/stats")[-1]
    answer = server.count(last, "other")
    assert f"{answer['imagesAbove']} of them" in text(driver, "#totals"), text(driver, "#totals")
    one(driver, "summary").click()
    rows = driver.find_elements(By.CSS_SELECTOR, "#numbers tbody tr")
    assert len(rows) == len(answer["buckets"])
    assert sum(int(row.find_elements(By.TAG_NAME, "td")[0].text) for row in rows) == 50


@given(allowed=(410,))
def custom_interval(driver, server):
    """A custom interval is one of UTC; what is no interval, or is no longer kept, is said in words."""
    server.fill(100, 2)
    enter(driver)
    settled(driver)
    one(driver, "[value=custom] + span").click()
    until(driver, "the fields are there", lambda: one(driver, "#from").is_displayed())

    def give(start, end):
        driver.execute_script(
            "for (const [id, value] of [['from', arguments[0]], ['to', arguments[1]]]) {"
            "const field = document.getElementById(id); field.value = value;"
            "field.dispatchEvent(new Event('change', {bubbles: true})); }", start, end)
    give("2026-01-01T00:00", "2026-03-01T12:30")
    until(driver, "it is asked for", lambda: server.asked("/v1/stats")[-1]["from"] == "2026-01-01T00:00:00.000Z"
          and server.asked("/v1/stats")[-1]["to"] == "2026-03-01T12:30:00.000Z")
    give("2026-03-01T00:00", "2026-01-01T00:00")
    until(driver, "it says what is wrong", lambda: "not after its beginning" in text(driver, "#counts-trouble"))
    assert not one(driver, "#figure").is_displayed()
    give("1990-03-01T00:00", "2026-01-01T00:00")
    until(driver, "it says what the server says", lambda: "no longer kept" in text(driver, "#counts-trouble"))


@given(KEYS, allowed=(401, 422))
def subscriptions(driver, server):
    """Subscriptions are made, paused and removed, the last after a question; what the server refuses is told."""
    server.subscribe("other", name="not for acme")
    enter(driver, "key-of-acme")
    settled(driver)
    assert "not for acme" not in text(driver, "body")
    assert one(driver, "#no-subscriptions").is_displayed() and not one(driver, "#client").is_displayed()
    one(driver, "#new-name").send_keys("Roses")
    one(driver, "#new-above").clear()
    one(driver, "#new-above").send_keys("12.5")
    one(driver, "#new button").click()
    until(driver, "it is listed", lambda: "Roses: redder than 12.5" in text(driver, "#subscriptions"))
    made = server.asked("/v1/subscriptions", "POST")[-1]
    assert made == {"above": 125_000, "channel": "stream", "configuration": {}, "name": "Roses"}, made
    one(driver, "#subscriptions [role=switch]").click()
    until(driver, "it is off", lambda: text(driver, "#subscriptions-news").endswith("off."))
    assert [s["enabled"] for s in server.subscriptions.values() if s["client"] == "acme"] == [False]
    Select(one(driver, "#new-channel")).select_by_value("webhook")
    one(driver, "#new-url").send_keys("https://example.org/hook")
    one(driver, "#new button").click()
    until(driver, "its secret is shown", lambda: "whsec_made" in text(driver, "#subscriptions-news"))
    Select(one(driver, "#new-channel")).select_by_value("email")
    one(driver, "#new-to").send_keys("me@example.org")
    one(driver, "#new button").click()
    until(driver, "it says why not", lambda: "sends no mail" in text(driver, "#subscriptions-trouble"))
    for answer, left in [("#keep", 2), ("#remove", 1)]:
        one(driver, "#subscriptions [aria-label^='Delete Roses']").click()
        until(driver, "it asks", lambda: one(driver, "#removal").is_displayed())
        one(driver, answer).click()
        until(driver, "it is answered", lambda: not one(driver, "#removal").is_displayed()
              and len(driver.find_elements(By.CSS_SELECTOR, "#subscriptions > li")) == left)
    assert len(server.subscriptions) == 2


@given(KEYS, allowed=(401,))
def read_only(driver, server):
    """A key that may only read shows no buttons that it may not use; a wrong one is refused in words; pages are had."""
    for number in range(60):
        server.subscribe("acme", name=f"number {number}")
    until(driver, "it asks for a key", lambda: one(driver, "#entrance").is_displayed())
    one(driver, "#credential").send_keys("wrong", Keys.ENTER)
    until(driver, "it says so", lambda: "valid API key" in text(driver, "#trouble"))
    enter(driver, "key-to-read")
    until(driver, "a page is listed", lambda: len(driver.find_elements(By.CSS_SELECTOR, "#subscriptions > li")) == 50)
    assert one(driver, "#read-only").is_displayed() and not one(driver, "#new").is_displayed()
    assert not driver.find_elements(By.CSS_SELECTOR, "#subscriptions [role=switch]")
    one(driver, "#more").click()
    until(driver, "all are", lambda: len(driver.find_elements(By.CSS_SELECTOR, "#subscriptions > li")) == 60)
    driver.refresh()
    until(driver, "the tab remembers", lambda: one(driver, "#content").is_displayed())
    one(driver, "#leave").click()
    until(driver, "it is forgotten", lambda: one(driver, "#entrance").is_displayed())
    assert driver.execute_script("return sessionStorage.length") == 0


@given()
def live_alerts(driver, server):
    """Alerts show up as they are made, and once each, also those made while the connection was lost."""
    made = server.subscribe("acme", 900_000, name="Roses")
    server.subscribe("other")
    enter(driver, "acme")
    settled(driver)
    until(driver, "the name is known", lambda: "Roses" in text(driver, "#subscriptions"))
    server.alert(made["id"])
    until(driver, "it shows up", lambda: "91.2345 % red" in text(driver, "#alerts"))
    assert "over 90 %" in text(driver, "#alerts") and "Roses" in text(driver, "#alerts")
    server.cut_streams()
    server.alert(made["id"], 950_000)
    server.alert(list(server.subscriptions)[1], 960_000)
    until(driver, "the missed one comes", lambda: "95 % red" in text(driver, "#alerts"))
    settled(driver)
    server.alert(made["id"], 990_000)
    until(driver, "and the next", lambda: "99 % red" in text(driver, "#alerts"))
    assert len(driver.find_elements(By.CSS_SELECTOR, "#alerts > li")) == 3, text(driver, "#alerts")
    one(driver, "[aria-label^='Alerts of Roses']").click()
    until(driver, "its history is shown", lambda: len(driver.find_elements(By.CSS_SELECTOR, ".history .alert")) == 3)


@given()
def keyboard(driver, server):
    """Everything can be reached and done by keys alone, and where one is can be seen."""
    server.fill(100, 1)

    def press(*keys):
        driver.switch_to.active_element.send_keys(*keys)

    def go(condition, what):
        for _ in range(80):
            active = driver.switch_to.active_element
            if condition(active):
                outline = active if active.get_attribute("type") != "radio" else one(driver, ":focus-visible + span")
                assert outline.value_of_css_property("outline-style") == "solid", f"{what}: focus is not seen"
                return
            active.send_keys(Keys.TAB)
        raise AssertionError(f"{what} cannot be reached")

    def is_id(name):
        return lambda active: active.get_attribute("id") == name

    until(driver, "it asks who it is", lambda: one(driver, "#entrance").is_displayed())
    until(driver, "the field has the focus", lambda: is_id("credential")(driver.switch_to.active_element))
    press("acme", Keys.ENTER)
    settled(driver)
    go(lambda active: active.get_attribute("name") == "interval", "the interval")
    press(Keys.ARROW_RIGHT)
    until(driver, "the next is chosen", lambda: server.asked("/v1/stats")[-1]["step"] == "PT3H")
    go(is_id("above"), "the slider")
    press(Keys.ARROW_LEFT)
    until(driver, "it moves", lambda: server.asked("/v1/stats")[-1]["above"] == "499000")
    until(driver, "it is shown", lambda: "49.9" in text(driver, "#totals"))
    go(is_id("chart"), "the chart")
    press(Keys.END)
    until(driver, "a bar is told", lambda: "UTC: " in text(driver, "#reading"))
    before = text(driver, "#reading")
    press(Keys.ARROW_LEFT)
    assert text(driver, "#reading") != before
    assert one(driver, "#chart").get_attribute("aria-valuetext").replace("\u00a0", " ") == text(driver, "#reading")
    go(is_id("new-name"), "the form")
    press("Tulips", Keys.ENTER)
    until(driver, "it is made", lambda: "Tulips" in text(driver, "#subscriptions"))
    driver.execute_script("document.activeElement.blur()")
    go(lambda active: active.get_attribute("role") == "switch", "the switch")
    press(Keys.SPACE)
    until(driver, "it is off", lambda: text(driver, "#subscriptions-news").endswith("off."))
    go(lambda active: (active.get_attribute("aria-label") or "").startswith("Delete Tulips"), "the deletion")
    press(Keys.ENTER)
    until(driver, "it asks", lambda: is_id("keep")(driver.switch_to.active_element))
    press(Keys.ESCAPE)
    until(driver, "it is kept", lambda: not one(driver, "#removal").is_displayed())
    assert len(server.subscriptions) == 1
    go(lambda active: (active.get_attribute("aria-label") or "").startswith("Delete Tulips"), "the deletion")
    press(Keys.ENTER)
    until(driver, "it asks", lambda: is_id("keep")(driver.switch_to.active_element))
    press(Keys.TAB)
    press(Keys.ENTER)
    until(driver, "it is gone", lambda: not server.subscriptions and one(driver, "#no-subscriptions").is_displayed())


@given()
def hostile_names(driver, server):
    """Whatever clients, subscriptions and pictures are called, it is text."""
    for name in CANARIES:
        server.fill(3, 0.5, name)
        made = server.subscribe(name, name=name, channel="webhook", configuration={"url": name})
    enter(driver)
    settled(driver)
    for name, subscription in zip(CANARIES, list(server.subscriptions)):
        server.alert(subscription, image=name)
    until(driver, "all alerts are there", lambda: len(driver.find_elements(By.CSS_SELECTOR, "#alerts > li")) == 5)
    for button in driver.find_elements(By.CSS_SELECTOR, "[aria-label^='Alerts of']"):
        button.click()
    until(driver, "all histories are", lambda: len(driver.find_elements(By.CSS_SELECTOR, ".history .alert")) == 5)
    shown = driver.execute_script("return document.body.textContent")
    assert all(shown.count(name) >= 3 for name in CANARIES), shown
    one(driver, "[aria-label^='Delete']").click()
    one(driver, "#keep").click()
    for name in CANARIES:
        one(driver, "#client").clear()
        one(driver, "#client").send_keys(name)
        until(driver, f"{name} is asked for",
              lambda: f"of {name}" in one(driver, "#totals").get_property("textContent"))
    one(driver, "#leave").click()
    enter(driver, CANARIES[4])
    until(driver, "the name is taken", lambda: one(driver, "#caller").get_property("textContent") == CANARIES[4])
    assert driver.execute_script("return document.body.dataset.hit") is None
    assert not driver.find_elements(By.CSS_SELECTOR, "main img, main svg, main script, main a, main b")
    known = set(server.manifest["assets"]) | {"/favicon.ico"}
    strays = [path for _, path, _ in server.requests if path not in known and not path.startswith("/v1/")]
    assert not strays, strays


def overflow(driver):
    return driver.execute_script(
        "const page = document.documentElement; return page.scrollWidth - page.clientWidth;")


@given(allowed=(500, 503))
def widths_and_colours(driver, server):
    """Nothing scrolls sideways at 360 px, light or dark; empty and broken are told in words."""
    enter(driver, "nobody")
    until(driver, "nothing is there", lambda: "no pictures came" in text(driver, "#totals"))
    one(driver, "#leave").click()
    server.fill(6000, 30)
    made = server.subscribe("acme", 900_000, name="Roses for the window at the front of the shop")
    server.subscribe("a-client-with-a-name-that-is-very-long-and-has-no-space-to-break-it-at-all", channel="webhook",
                     configuration={"url": "https://example.org/a/very/long/path/without/any/space/in/it/at/all"})
    server.subscribe("acme", enabled=False)
    enter(driver)
    settled(driver)
    for red in (912_345, 999_999, 950_001):
        server.alert(made["id"], red)
    until(driver, "alerts are there", lambda: len(driver.find_elements(By.CSS_SELECTOR, "#alerts > li")) == 3)
    one(driver, "[value=week] + span").click()
    until(driver, "a week is shown", lambda: "7 days" in text(driver, "#totals"))
    for width in (1280, 768, 360):
        resize(driver, width)
        for scheme in ("light", "dark"):
            colours(driver, scheme)
            until(driver, "the chart fits", lambda: driver.execute_script(
                "const box = document.getElementById('chart'), canvas = box.querySelector('canvas');"
                "return Math.abs(canvas.clientWidth - box.clientWidth) < 2;"))
            picture(driver, f"page-{width}-{scheme}")
        assert overflow(driver) <= 0, f"{overflow(driver)} px too wide at {width} px"
    one(driver, "[value=custom] + span").click()
    one(driver, "summary").click()
    assert overflow(driver) <= 0


@given(KEYS, allowed=(401,))
def server_away(driver, server):
    """A server that is gone is told of, and asked again."""
    enter(driver, "key-of-all")
    settled(driver)
    assert text(driver, "#caller") == "all clients"
    server.is_away = True
    server.cut_streams()
    until(driver, "the stream says so", lambda: "lost" in text(driver, "#stream"))
    one(driver, "#above").send_keys(Keys.ARROW_RIGHT)
    until(driver, "the counts say so", lambda: "cannot be reached" in text(driver, "#counts-trouble"))
    driver.refresh()
    until(driver, "the page says so", lambda: "cannot be reached" in text(driver, "#trouble"))
    server.is_away = False
    one(driver, "#again").click()
    settled(driver)
    server.is_away = True
    server.cut_streams()
    until(driver, "the stream says so", lambda: "lost" in text(driver, "#stream"))
    server.is_away = False
    until(driver, "the stream comes back by itself", lambda: text(driver, "#stream") == "Listening")
    # The console tells of connections that failed.
    driver.get_log("browser")
