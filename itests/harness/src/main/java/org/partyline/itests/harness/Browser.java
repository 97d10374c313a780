package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** A real headless browser with a separate profile. */
public abstract class Browser implements AutoCloseable {
    Browser() {}

    /** Loads an address. */
    public abstract void open(String url);

    /** Returns the content of the address bar. */
    public abstract String url();

    /** Returns the page's title. */
    public abstract String title();

    /** Loads the page again. */
    public abstract void reload();

    /** Returns every cookie, as the browser's protocol describes it. */
    public abstract JsonNode cookies();

    /** Runs a function's body in the page. @return its result, or that of its promise */
    public abstract JsonNode run(String script);

    /** Clicks the first matching element that contains a text, once it exists. */
    public abstract void click(String css, String text);

    /** Types into the first matching element; a line feed is the Enter key. */
    public abstract void type(String css, String text);

    /** Selects a file in the first matching file field. */
    public abstract void choose(String css, Path file);

    /** Presses the Enter key in the focused element. */
    public abstract void pressEnter();

    /** Returns the reports of the page or the browser since the last call: errors, blocked requests. */
    public abstract List<String> reports();

    /** Returns the visible text of each matching element. */
    public List<String> texts(String css) {
        JsonNode texts =
                run("return [...document.querySelectorAll(" + new TextNode(css) + ")].map(one => one.innerText)");
        return Operator.elements(texts).map(JsonNode::asText).toList();
    }

    /** Returns all visible text. */
    public String text() {
        return run("return document.body.innerText").asText();
    }

    /** Waits until a text is visible in a matching element. */
    public void await(String css, String text) {
        try {
            Wait.until(
                    "'" + text + "' in the browser", () -> texts(css).stream().anyMatch(one -> one.contains(text)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("there is no '" + text + "' in " + css + ", but: " + text(), e);
        }
    }

    @Override
    public abstract void close();
}
