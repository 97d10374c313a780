package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** A real browser without a window, with a profile of its own. */
public abstract class Browser implements AutoCloseable {
    Browser() {}

    /** Loads an address. */
    public abstract void open(String url);

    /** What the address bar shows. */
    public abstract String url();

    /** The page's title. */
    public abstract String title();

    /** Loads the page again. */
    public abstract void reload();

    /** Every cookie, as the browser's protocol describes it. */
    public abstract JsonNode cookies();

    /** Runs a function's body in the page. @return what it returns, or what its promise gives */
    public abstract JsonNode run(String script);

    /** Presses what matches first and has a text in it, once it is there. */
    public abstract void click(String css, String text);

    /** Types into what matches first; a line feed is the Enter key. */
    public abstract void type(String css, String text);

    /** Chooses a file in the field for files that matches first. */
    public abstract void choose(String css, Path file);

    /** Presses the Enter key where the focus is. */
    public abstract void pressEnter();

    /** What the page or the browser reported since this was asked last: errors, requests that were blocked. */
    public abstract List<String> reports();

    /** The text that somebody sees of each element that matches. */
    public List<String> texts(String css) {
        JsonNode texts =
                run("return [...document.querySelectorAll(" + new TextNode(css) + ")].map(one => one.innerText)");
        return Operator.elements(texts).map(JsonNode::asText).toList();
    }

    /** All that somebody sees. */
    public String text() {
        return run("return document.body.innerText").asText();
    }

    /** Waits until somebody sees a text in an element that matches. */
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
