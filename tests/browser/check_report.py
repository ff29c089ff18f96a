"""Opens a report and does what a reader does: sorts a table, changes the panel, looks at it on a small screen."""
import sys

from browser import Browser

URL = sys.argv[1]


def check(condition, message):
    if not condition:
        sys.exit("FAILED: " + message)


def check_quiet(page, what):
    check(not page.errors, f"{what}: the console says {page.errors}")
    check(not page.requests, f"{what}: the page asks for {page.requests}")


def check_fits(page, width, what):
    wide = page.ask("document.documentElement.scrollWidth")
    check(wide <= width, f"{what}: the page is {wide} wide on a screen of {width}")
    # Nothing may reach out of the screen but what scrolls in a box of its own.
    out = page.ask("""[...document.querySelectorAll('body *')].filter((e) => {
        const r = e.getBoundingClientRect();
        return r.width && r.right > innerWidth + 1 && !e.closest('.scroll, pre, .dygraph-axis-label, svg, option');
      }).map((e) => e.tagName + '.' + e.className).slice(0, 5)""")
    check(not out, f"{what}: out of the screen: {out}")


def column(page, table, n):
    return page.ask(f"[...document.querySelectorAll('table.sortable')[{table}].tBodies[0].rows]"
                    f".map((row) => row.cells[{n}].dataset.v ?? row.cells[{n}].textContent)")


def check_sorting(page):
    head = "document.querySelector('table.sortable thead').rows[0].cells[1]"
    before = column(page, 0, 1)
    check(len(before) == 3, f"the ranking has {len(before)} rows")
    page.ask(f"{head}.querySelector('button').focus()")
    for name in ("keyDown", "keyUp"):  # by keyboard
        page.call("Input.dispatchKeyEvent", type=name, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    check(page.ask(f"{head}.getAttribute('aria-sort')") == "ascending", "aria-sort is not ascending")
    check(column(page, 0, 1) == sorted(before, key=float), "the table is not sorted")
    page.ask(f"{head}.querySelector('button').click()")
    check(page.ask(f"{head}.getAttribute('aria-sort')") == "descending", "aria-sort is not descending")
    check(column(page, 0, 1) == sorted(before, key=float, reverse=True), "the table is not sorted downwards")
    page.ask("document.querySelector('table.sortable thead').rows[0].cells[0].querySelector('button').click()")
    check(column(page, 0, 0) == ["evolution", "local", "random"], f"labels do not sort: {column(page, 0, 0)}")
    check(page.ask("document.querySelectorAll('table:first-of-type [aria-sort]').length") >= 1, "no column is marked")


def values(page):
    return page.ask("[...document.querySelectorAll('#panel-legend output')].map((o) => o.textContent)")


def choose(page, name, index):
    page.ask(f"(() => {{ const s = document.getElementById('panel-{name}'); s.value = '{index}';"
             f" s.dispatchEvent(new Event('change')); }})()")


def ink(page):
    """What the panel draws."""
    return page.ask("[...document.querySelectorAll('#panel-plot canvas')].map((c) => c.toDataURL()).join()")


def check_panel(page):
    check(not page.ask("document.getElementById('panel-body').hidden"), "the panel is hidden")
    check(page.ask("document.getElementById('panel-chart').options.length") == 3, "two problems and all of them")
    first, drawn = values(page), ink(page)
    check(len(first) == 3 and all(first), f"the panel shows no values: {first}")
    choose(page, "chart", 1)
    check(values(page) != first and ink(page) != drawn, "another problem, the same panel")
    drawn, regret = ink(page), values(page)
    choose(page, "measure", 2)
    check(values(page) != regret and ink(page) != drawn, "another measure, the same panel")
    page.ask("(() => { const s = document.getElementById('panel-slider'); s.value = 0; s.dispatchEvent(new Event('input')); })()")
    check(page.ask("document.getElementById('panel-at').textContent") == "1 trial", "the slider does not move the budget")
    drawn = ink(page)
    page.ask("document.querySelector('#panel-legend input').click()")
    check(ink(page) != drawn, "switching an optimiser off changes nothing")
    drawn = ink(page)
    page.ask("document.getElementById('panel-log-x').click()")
    check(ink(page) != drawn, "a logarithmic budget changes nothing")
    choose(page, "chart", 2)
    check(page.ask("document.getElementById('panel-measure').options[0].text") == "rank", "all problems: ranks first")


def check_pointing(page):
    box = page.ask("(() => { const p = document.getElementById('panel-plot'); p.scrollIntoView({block: 'center', behavior: 'instant'});"
                   " const r = p.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; })()")
    before = values(page)
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + box[2] * 0.3, y=box[1] + box[3] / 2)
    check(values(page) != before, "pointing at the panel does not change its values")


def check_figures(page):
    bad = page.ask("""[...document.querySelectorAll('figure svg')].filter((s) => !s.querySelector('title') ||
        !s.querySelector('desc') || !s.querySelector('text')).length""")
    check(bad == 0, f"{bad} figures have no title, no description or no text")
    check(page.ask("new Set([...document.querySelectorAll('[id]')].map((e) => e.id)).size ==="
                   " document.querySelectorAll('[id]').length"), "an id stands twice")
    check(page.ask("[...document.querySelectorAll('th')].every((th) => th.scope)"), "a table head has no scope")


with Browser() as browser:
    for dark in (False, True):
        for width in (1280, 400):
            what = f"{width} pixels, {'dark' if dark else 'light'}"
            page = browser.open(URL, width, 900, dark)
            check_fits(page, width, what)
            check_quiet(page, what)
    page = browser.open(URL, 1280, 900)
    check_sorting(page)
    check_pointing(page)
    check_panel(page)
    check_figures(page)
    page.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    check_fits(page, 1280, "all details open")
    check_quiet(page, "after use")
    page = browser.open(URL, 400, 900)
    page.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    check_fits(page, 400, "all details open, 400 pixels")
    page = browser.open(URL, 1280, 900, scripts=False)
    check_quiet(page, "without scripts")
print("the report opens, sorts, changes and fits")
