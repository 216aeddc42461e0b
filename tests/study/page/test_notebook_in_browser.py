"""The page in a notebook, which shows it in an iframe."""


def test_in_a_notebook_the_page_works_in_an_iframe(visit, default):
    page = visit(f"<!DOCTYPE html><title>notebook</title><link rel=icon href=data:,>{default._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("#next").click()
    assert frame.locator("#jump").input_value() == "1"
    frame.locator("g.box").first.click()
    assert frame.locator("#inspection").count() == 1
