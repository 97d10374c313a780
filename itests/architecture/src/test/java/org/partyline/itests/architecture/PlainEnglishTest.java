package org.partyline.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks README, SECURITY and docs for sentences that have to be read twice, and for links that lead nowhere. */
class PlainEnglishTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final int MOST_WORDS = 30;

    /** Pages that were not rewritten yet. A page that passes has to be taken out. */
    private static final Set<String> EXEMPT = Set.of("docs/settings.md");

    /** Each pattern is looked for in one sentence. */
    private static final Map<String, Pattern> TRANSLATED = Map.of(
            "begins with 'Who' and is no question", Pattern.compile("^(Who|Whoever) (?!.*\\?$)"),
            "'who has'",
                    Pattern.compile(
                            "(?<!(one|member|server|contact|person|people|those) )\\bwho (has|have|had) (it|them|that|the)\\b"),
            "'is away'", Pattern.compile("\\b(is|are|was|were) away\\b"),
            "'for ever'", Pattern.compile("\\bfor ever\\b"),
            "'stands in'", Pattern.compile("\\bstands? in\\b"),
            "'there is nobody'", Pattern.compile("(?i)\\bthere is nobody\\b"),
            "'somebody', 'anybody'", Pattern.compile("(?i)\\b(some|any)body\\b"),
            "'all the same'", Pattern.compile("\\ball the same\\b"),
            "begins with 'Else'", Pattern.compile("^Else\\b"),
            "'What is … is …'", Pattern.compile("^(What|Where) (is|are|was|were) [^,?]* (is|are|was|were) (?!.*\\?$)"));

    private record Page(String name, String text) {}

    private static List<Page> pages() throws IOException {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("SECURITY.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        List<Page> pages = new ArrayList<>();
        for (Path file : files) {
            pages.add(new Page(ROOT.relativize(file).toString().replace('\\', '/'), Files.readString(file)));
        }
        return pages;
    }

    @Test
    void noSentenceHasToBeReadTwice() throws IOException {
        List<String> found = new ArrayList<>();
        Set<String> passed = new TreeSet<>();
        for (Page page : pages()) {
            List<String> own = findings(page);
            if (!EXEMPT.contains(page.name())) {
                found.addAll(own);
            } else if (own.isEmpty()) {
                passed.add(page.name());
            }
        }
        assertEquals("", String.join("\n", found));
        assertEquals(Set.of(), passed, "pages that pass and need no exception any more");
    }

    @Test
    void theReadmeIsShort() throws IOException {
        long lines = Files.readString(ROOT.resolve("README.md")).lines().count();
        assertTrue(lines <= 150, lines + " lines: move what does not introduce the program to docs");
    }

    @Test
    void whatIsFound() {
        assertEquals(
                2,
                findings(new Page("a", "Who has it needs\nthe passphrase too. It is away."))
                        .size());
        assertEquals(
                1,
                findings(new Page("a", "- " + "word ".repeat(31) + "end.\n- Short."))
                        .size());
        String text =
                "# Who has it\n\n    it is away\n\n```\nfor ever\n```\n| stands in |\n\nDo `what is away` now. Who leads?\n";
        assertEquals(List.of(), findings(new Page("a", text)));
    }

    private static List<String> findings(Page page) {
        List<String> found = new ArrayList<>();
        for (String sentence : sentences(page.text())) {
            int words = sentence.split("\\s+").length;
            if (words > MOST_WORDS && !sentence.startsWith("JSON: ")) { // a list of fields
                found.add(page.name() + ": " + words + " words: " + sentence);
            }
            new TreeMap<>(TRANSLATED).forEach((what, pattern) -> {
                if (pattern.matcher(sentence).find()) {
                    found.add(page.name() + ": " + what + ": " + sentence);
                }
            });
        }
        return found;
    }

    /** The sentences of a page, without its headings, tables, code and comments. */
    private static List<String> sentences(String page) {
        String prose = page.replaceAll("(?s)```.*?```", "").replaceAll("(?s)<!--.*?-->", "");
        List<String> paragraphs = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        for (String line : (prose + "\n\n").split("\n", -1)) {
            boolean item = line.matches("\\s*(-|\\d+\\.) .*");
            boolean code = line.startsWith("    ") && !item;
            if (line.isBlank() || item || code || line.startsWith("|") || line.startsWith("#")) {
                paragraphs.add(paragraph.toString());
                paragraph.setLength(0);
            }
            if (item || !(line.isBlank() || code || line.startsWith("|") || line.startsWith("#"))) {
                paragraph.append(line.strip().replaceFirst("^(-|\\d+\\.) ", "")).append(' ');
            }
        }
        return paragraphs.stream()
                .map(text -> text.replaceAll("`[^`]*`", "CODE")
                        .replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                        .replace("*", ""))
                .flatMap(text -> Stream.of(text.split("(?<=[.!?])\\)?\\s+")))
                .filter(sentence -> !sentence.isBlank())
                .collect(Collectors.toList());
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        Map<String, Set<String>> headings = new TreeMap<>();
        for (Page page : pages()) {
            headings.put(page.name(), anchors(page.text()));
        }
        Pattern link = Pattern.compile("\\]\\((?![a-z]+:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");
        List<String> broken = new ArrayList<>();
        List<Page> linking = new ArrayList<>(pages());
        linking.add(new Page("CHANGELOG.md", Files.readString(ROOT.resolve("CHANGELOG.md"))));
        for (Page page : linking) {
            Matcher each = link.matcher(page.text());
            while (each.find()) {
                Path from = ROOT.resolve(page.name());
                Path to = each.group(1).isEmpty()
                        ? from
                        : from.resolveSibling(each.group(1)).normalize();
                String name =
                        ROOT.normalize().relativize(to.normalize()).toString().replace('\\', '/');
                boolean there = Files.exists(to)
                        && (each.group(2) == null
                                || headings.getOrDefault(name, Set.of()).contains(each.group(2)));
                if (!there) {
                    broken.add(page.name() + " → " + each.group(1) + "#" + each.group(2));
                }
            }
        }
        assertEquals("", String.join("\n", broken));
        assertFalse(headings.isEmpty());
    }

    /** As the host of the repository makes them of headings. */
    private static Set<String> anchors(String page) {
        return page.replaceAll("(?s)```.*?```", "")
                .lines()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .strip()
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
