package org.partyline.webpage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.partyline.api.web.WebHandler.Route;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

class PageFilesTest {
    private static final Path FILES = Path.of("src/main/resources/org/partyline/webpage/files");
    private static final int MOST_BYTES = 200 * 1024;

    private static String text(String name) {
        return new String(PageFiles.content(name), StandardCharsets.UTF_8);
    }

    private static List<String> ours() {
        return PageFiles.NAMES.stream()
                .filter(name -> !name.equals("lit-html.js"))
                .toList();
    }

    @Test
    void theWholePageIsSmall() {
        int bytes = PageFiles.NAMES.stream()
                .mapToInt(name -> PageFiles.content(name).length)
                .sum();
        assertTrue(bytes <= MOST_BYTES, "the page has " + bytes + " bytes");
    }

    @Test
    void everyFileIsServedAndNoOther() throws Exception {
        try (Stream<Path> files = Files.list(FILES)) {
            assertEquals(
                    Set.copyOf(PageFiles.NAMES),
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
        }
        for (Route route : new PageFiles().routes()) {
            assertEquals(Set.of(), route.scopes());
            WebResponse answer =
                    route.action().answer(new WebRequest(Map.of(), Map.of(), Map.of(), new byte[0], Optional.empty()));
            assertEquals(200, answer.status());
            assertTrue(answer.type().matches("(text/(html|javascript|css); charset=utf-8|image/svg\\+xml)"));
            assertTrue(answer.body().length > 0);
        }
    }

    /** The web server's policy would silently block it. */
    @Test
    void nothingIsInlineAndNothingComesFromElsewhere() {
        String index = text("index.html");
        assertFalse(Pattern.compile("<script(?![^>]* src=)|<style|\\sstyle=|\\son[a-z]+=")
                .matcher(index)
                .find());
        for (String name : ours()) {
            String text = text(name).replace("http://www.w3.org/2000/svg", "");
            assertFalse(text.matches("(?s).*(https?:)?//[a-z0-9.]+\\.[a-z]{2,}.*"), name);
            assertFalse(
                    Pattern.compile("\\bstyle=|innerHTML|\\beval\\b|new Function|localStorage|document\\.cookie")
                            .matcher(text)
                            .find(),
                    name);
        }
    }

    /** A missing file would only show in a browser. */
    @Test
    void whatTheFilesNameIsServed() throws IOException {
        Set<String> served = new HashSet<>();
        new PageFiles().routes().forEach(route -> served.add(route.path()));
        for (String name : PageFiles.NAMES) {
            Matcher named =
                    Pattern.compile("(?:from '\\./|=\"/page/)([a-z.-]+)['\"]").matcher(text(name));
            while (named.find()) {
                assertTrue(served.contains("/page/" + named.group(1)), name + " names " + named.group(1));
            }
        }
    }

    /** Firefox and Chromium save other fields on the disk every few seconds, to restore them after a crash. */
    @Test
    void noBrowserSavesAField() {
        for (String name : ours()) {
            Matcher field = Pattern.compile("<(form|textarea|select|input)\\b(?! autocomplete=\"off\")")
                    .matcher(text(name));
            assertFalse(field.find(), name);
        }
    }

    /** Some browsers translate every page of a language, by a service that gets all of its text. */
    @Test
    void noServiceIsSentTheTextToTranslateIt() {
        assertTrue(text("index.html").contains("<html lang=\"en\" translate=\"no\">"));
    }

    @Test
    void theTitleSaysNothing() {
        assertTrue(text("index.html").contains("<title>Partyline</title>"));
        ours().forEach(name -> assertFalse(text(name).contains("document.title"), name));
    }
}
