"""Drives a report's page in headless Chromium: page_check.py FOLDER SCENARIO, with the pages in FOLDER.

Exits 0 if the page does what the scenario says, logs no error to the console, and asks for nothing but itself.
PYTHONPATH names the folder of red-stats' check.py, whose browser this is.
"""
import importlib
import os
import sys

from check import browser, complaints, until


def run(folder, name):
    scenario = getattr(importlib.import_module("page_scenarios"), name)
    url = "file://" + os.path.join(folder, getattr(scenario, "page", "report.html"))
    with browser(url) as driver:
        until(driver, "its data is unpacked", lambda: not driver.execute_script(
            "return document.querySelector('.live[hidden]') || document.readyState !== 'complete'"))
        scenario(driver)
        asked = driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        assert asked == [], asked
        found = complaints(driver)
        assert not found, found
    print(f"{name}: as it should be")


if __name__ == "__main__":
    run(*sys.argv[1:])
