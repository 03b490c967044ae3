"""Drives the page in headless Chromium: check.py FOLDER SCENARIO, with the page's files and manifest.json in FOLDER.

Exits 0 if the page does what the scenario says, logs no error to the console, and breaks no policy.
With HOOFPRINT_PICTURES=FOLDER in the environment, pictures of the page are kept there.
"""
import base64
import importlib
import os
import sys
import tempfile
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from memory_server import MemoryServer

# Names that would run a script or load something, were they taken for HTML.
CANARIES = [
    "<img src=x onerror=\"document.body.dataset.hit=1\">", "<script>document.body.dataset.hit=1</script>",
    "\"><svg onload=document.body.dataset.hit=1>", "javascript:document.body.dataset.hit=1", "é</li>\u202e&lt;b&gt;",
]
KEYS = {
    "key-of-acme": ("acme", ["read", "write"]), "key-to-read": ("acme", ["read"]),
    "key-of-all": (None, ["read", "write", "admin"]),
}


@contextmanager
def browser(url, width=1280):
    """A browser at an address, with its own profile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--lang=en", f"--user-data-dir={profile}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            resize(driver, width)
            driver.get(url)
            yield driver
        finally:
            driver.quit()


def resize(driver, width):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})


def colours(driver, scheme):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})


def one(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def text(driver, selector):
    return one(driver, selector).text


def until(driver, what, condition):
    """Waits for what has to come, however slow the machine is today."""
    WebDriverWait(driver, 60, 0.05).until(
        lambda _: condition(), f"{what}; the page says:\n{one(driver, 'body').text}")


def enter(driver, credential=""):
    until(driver, "it asks who it is", lambda: one(driver, "#entrance").is_displayed())
    one(driver, "#credential").send_keys(credential, Keys.ENTER)
    until(driver, "it lets in", lambda: one(driver, "#content").is_displayed())


def settled(driver):
    until(driver, "counts and stream are there", lambda: "came" in text(driver, "#totals")
          and text(driver, "#stream") == "Listening")


def picture(driver, name):
    folder = os.environ.get("HOOFPRINT_PICTURES")
    if not folder:
        return
    data = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})["data"]
    with open(os.path.join(folder, f"{name}.png"), "wb") as file:
        file.write(base64.b64decode(data))


def complaints(driver, allowed=()):
    """What the console says of errors and broken policies; of answers that are errors, those that are not allowed."""
    return [
        entry["message"] for entry in driver.get_log("browser")
        if entry["level"] in ("SEVERE", "WARNING")
        and not any(f"status of {status}" in entry["message"] for status in allowed)
    ]


def run(folder, name):
    scenario = getattr(importlib.import_module("scenarios"), name)
    server = MemoryServer(folder, getattr(scenario, "keys", None))
    with browser(server.url) as driver:
        scenario(driver, server)
        found = complaints(driver, getattr(scenario, "allowed", ()))
        assert not found, found
    print(f"{name}: as it should be")


if __name__ == "__main__":
    run(*sys.argv[1:])
