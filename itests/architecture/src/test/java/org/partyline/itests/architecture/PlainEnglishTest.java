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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks README, SECURITY, docs, the texts that the program prints, and the comments of shipped settings for sentences
 * that need a second reading, and the pages for broken links.
 */
class PlainEnglishTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final int MOST_WORDS = 30;

    /** Sentences that match a pattern and are allowed. */
    private static final Set<String> EXEMPT = Set.of();

    /** Each pattern is searched for in one sentence. */
    private static final Map<String, Pattern> TRANSLATED = Map.ofEntries(
            entry("begins with 'Who' and is no question", "^(Who|who|Whoever|whoever) (?!.*\\?$)"),
            entry(
                    "'who has'",
                    "(?<!(one|member|server|contact|person|people|those|anyone|someone|Anyone|Someone) )"
                            + "\\bwho (has|have|had) (it|them|that|the)\\b"),
            entry("'by who', 'to who', 'who knows'", "\\b(by|to|for|of|from|with) who(ever)? [a-z]+s\\b"),
            entry("'is away'", "\\b(is|are|was|were|be|been|goes|went) away\\b"),
            entry("'for ever'", "\\bfor ever\\b"),
            entry("'stands in'", "\\b(stands?|stood) (in|on|at|there|beside|between|behind)\\b"),
            entry("'there is nobody'", "(?i)\\bthere is nobody\\b"),
            entry("'somebody', 'anybody'", "(?i)\\b(some|any)body\\b"),
            entry("'all the same'", "\\ball the same\\b"),
            entry("'take back' for recall", "\\b(takes?|took|taken) (it|them|messages?|one)? ?back\\b"),
            entry(
                    "'what is said', 'what comes'",
                    "\\b[Ww]hat (is|was) said\\b|\\b[Ww]hat (stands|comes|came|goes|went|rests)\\b"),
            entry("'that is none'", "\\b(is|are) (no|none of) [a-z]+( of ours)?, and\\b|\\bthat is none\\b"),
            entry(
                    "'told' for notified or reported",
                    "\\b(is|are|was|were|be|being) told\\b|\\b[Tt]ells (of|what|how|whether)\\b"),
            entry(
                    "'of its own' for separate",
                    "\\b(one|packets|transactions?|thread|wallet) of (its|their) own\\b|\\bin packets of\\b"),
            entry("'what became of', 'what came of'", "\\b(became|came|comes) of\\b"),
            entry("'is met' for arrives", "\\b(is|are|was|were) (first )?met\\b"),
            entry("'whose it is', 'who it is'", "\\b(whose|who) (it|they) (is|are)\\b|\\bof whose\\b"),
            entry("'is known of'", "\\b(is|was) known of\\b|\\b[Kk]nows of\\b"),
            entry("'held against' for compared", "\\bheld against\\b"),
            entry("'as it stands' for unchanged", "\\bas (it|they) stands?\\b"),
            entry("'in the place of'", "\\bin the place of\\b"),
            entry("'at the most', 'for want of'", "\\bat the most\\b|\\bfor want of\\b"),
            entry("'by it' for through it", "\\b(goes?|went|sent) (in |out )?by it\\b"),
            entry("begins with 'What' and is no question", "^What (?!.*[?:]$)(?=(\\S+ ){6})"),
            entry("begins with 'Else'", "^Else\\b"),
            entry("'What is … is …'", "^(What|Where) (is|are|was|were) [^,?]* (is|are|was|were) (?!.*\\?$)"));

    /** A type's Javadoc describes a thing that does something; it is not a question. */
    private static final Pattern QUESTION = Pattern.compile(
            "^(What|Who|Whose|Whom|Which|Where|By what|By which|Those|Something|Someone|Somebody|Tells|Says|Is told) ");

    /** A comment, or a tag in it, that begins with a pronoun instead of a noun; questions are allowed. */
    private static final Pattern RIDDLE =
            Pattern.compile("^\\s*(?:/?\\*\\*?|//) (?:@(?:param \\w+|return|throws [\\w.]+) )?"
                    + "(?:What|Who|Whoever|Whom|Whose|Which) (?!.*\\?)");

    /** The Javadoc of a type: its text, and the type's name. */
    private static final Pattern TYPE = Pattern.compile("/\\*\\*([^*]*+(?:\\*(?!/)[^*]*+)*+)\\*/\\s*"
            + "(?:@[\\w.]+(?:\\((?:[^()]|\\([^()]*\\))*\\))?\\s*)*"
            + "(?:(?:public|protected|private|static|final|abstract|sealed|non-sealed)\\s+)*"
            + "(?:class|interface|record|enum|@interface)\\s+(\\w+)");

    private static Map.Entry<String, Pattern> entry(String what, String pattern) {
        return Map.entry(what, Pattern.compile(pattern));
    }

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

    /** The main sources of all bundles that are shipped. */
    private static List<Page> sources() throws IOException {
        return files(
                ROOT.resolve("bundles"),
                file -> file.endsWith(".java") && file.contains("/src/main/java/") && !file.contains("/testkit/"));
    }

    /** Settings and scripts that an operator sees. */
    private static List<Page> shipped() throws IOException {
        List<Page> all = files(
                ROOT.resolve("karaf-assembly"),
                file -> file.contains("/src/")
                        && (file.matches(".*/etc/[^/]*(\\.cfg|\\.properties|allowed-bundles)")
                                || file.matches(".*/debian/src/(?!test/).*")));
        all.add(new Page("partyline", Files.readString(ROOT.resolve("partyline"))));
        return all;
    }

    private static List<Page> files(Path root, Predicate<String> wanted) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.walk(root)) {
            found = files.filter(file -> wanted.test(name(file)) && !name(file).contains("/target/"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
        List<Page> pages = new ArrayList<>();
        for (Path file : found) {
            pages.add(new Page(name(file), Files.readString(file)));
        }
        return pages;
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }

    @Test
    void noSentenceOfAPageHasToBeReadTwice() throws IOException {
        assertEquals(
                "",
                pages().stream()
                        .flatMap(page -> findings(page.name(), sentences(page.text())).stream())
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void noTextOfTheProgramHasToBeReadTwice() throws IOException {
        List<String> found = new ArrayList<>();
        for (Page source : sources()) {
            for (String text : JavaTexts.of(source.text())) {
                found.addAll(findings(source.name(), spoken(text)));
            }
        }
        assertEquals("", String.join("\n", found));
    }

    @Test
    void noShippedSettingOrScriptHasToBeReadTwice() throws IOException {
        List<String> found = new ArrayList<>();
        for (Page page : shipped()) {
            found.addAll(findings(page.name(), spoken(plain(page.text()))));
        }
        assertEquals("", String.join("\n", found));
    }

    @Test
    void theJavadocOfEachTypeBeginsWithWhatItDoes() throws IOException {
        List<String> found = new ArrayList<>();
        for (Page source : sources()) {
            firstSentences(source.text()).forEach((type, sentence) -> {
                if (QUESTION.matcher(sentence).find()) {
                    found.add(source.name() + " " + type + ": is a question: " + sentence);
                }
                found.addAll(findings(source.name() + " " + type, List.of(sentence)).stream()
                        .filter(finding -> !finding.contains(" words: ")) // some give a reason
                        .toList());
            });
        }
        assertEquals("", String.join("\n", found));
    }

    @Test
    void noCommentBeginsWithAPronounForANoun() throws IOException {
        List<String> found = new ArrayList<>();
        for (Page source : sources()) {
            found.addAll(riddles(source.name(), source.text()));
        }
        assertEquals("", String.join("\n", found));
    }

    private static List<String> riddles(String name, String source) {
        return source.lines()
                .filter(line -> RIDDLE.matcher(line).find())
                .map(line -> name + ": " + line.strip())
                .toList();
    }

    @Test
    void riddlesAreFound() {
        assertEquals(
                List.of("a: /** What came. */", "a: // Who asks may wait.", "a: * @return What is left"),
                riddles(
                        "a",
                        "/** What came. */\n    // Who asks may wait.\n * @return What is left\n"
                                + "// Who asks?\n/** How long. */"));
    }

    /** Returns the first sentences by type name; a comment without a sentence is left out. */
    private static Map<String, String> firstSentences(String source) {
        Map<String, String> sentences = new TreeMap<>();
        Matcher type = TYPE.matcher(source);
        while (type.find()) {
            String text = type.group(1).replaceAll("\\s*\n\\s*\\* ?", " ").strip();
            if (!text.startsWith("@")) {
                sentences.put(
                        type.group(2), text.split("(?<=[.!?])\\s+(?=[A-Z{<@])")[0].replaceAll("\\{@[^{}]*\\}", "CODE"));
            }
        }
        return sentences;
    }

    @Test
    void firstSentencesAreFound() {
        assertEquals(
                Map.of("A", "Keeps CODE and more.", "B", "A thing."),
                firstSentences("/** no */ int x;\n/**\n * Keeps {@link X}\n * and more. Then.\n *\n * @param a b\n */\n"
                        + "@C(a = f(1))\npublic final class A {\n /** A thing. */ private record B() {}\n}"));
    }

    @Test
    void literalsAreJoined() {
        assertEquals(
                List.of("no node X is\nready: see Y"),
                JavaTexts.of("/* \"a\" */ f(\"no node \" + g(1) + \" is\\n\"\n + \"ready: see Y\"); // \"b\""));
        assertEquals(List.of("c", "a", "b"), JavaTexts.of("f(x ? \"c\" : '\"' + (y ? \"a\" : \"b\"))"));
        assertEquals(1, findings("a", spoken("the store is away: try again")).size());
        assertEquals(List.of(), findings("a", spoken("select what stands in pl_record")));
    }

    @Test
    void theReadmeIsShort() throws IOException {
        long lines = Files.readString(ROOT.resolve("README.md")).lines().count();
        assertTrue(lines <= 150, lines + " lines: move what does not introduce the program to docs");
    }

    /** Nobody reads a book before they can talk. A word contains a letter or a digit; drawings do not count. */
    @Test
    void theDocumentationHasAtMost35000Words() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        long words = 0;
        for (Path page : pages) {
            String text = Files.readString(page).replaceAll("(?s)```mermaid.*?```", "");
            words += Stream.of(text.split("\\s+"))
                    .filter(word -> word.matches("(?s).*[A-Za-z0-9].*"))
                    .count();
        }
        assertTrue(words <= 35_000, words + " words: say in one place what is said in two");
    }

    @Test
    void whatIsFound() {
        assertEquals(
                2,
                findings("a", sentences("Who has it needs\nthe passphrase too. It is away."))
                        .size());
        assertEquals(
                1,
                findings("a", sentences("- " + "word ".repeat(31) + "end.\n- Short."))
                        .size());
        String text =
                "# Who has it\n\n    it is away\n\n```\nfor ever\n```\n| stands in |\n\nDo `what is away` now. Who leads?\n";
        assertEquals(List.of(), findings("a", sentences(text)));
    }

    private static List<String> findings(String name, List<String> sentences) {
        List<String> found = new ArrayList<>();
        for (String sentence : sentences) {
            if (EXEMPT.contains(sentence)) {
                continue;
            }
            int words = sentence.split("\\s+").length;
            if (words > MOST_WORDS && !sentence.startsWith("JSON: ")) { // a list of fields
                found.add(name + ": " + words + " words: " + sentence);
            }
            new TreeMap<>(TRANSLATED).forEach((what, pattern) -> {
                if (pattern.matcher(sentence).find()) {
                    found.add(name + ": " + what + ": " + sentence);
                }
            });
        }
        return found;
    }

    /** Returns the sentences of a text that the program prints, unless it is SQL. */
    private static List<String> spoken(String text) {
        if (text.matches("(?s)(select|insert|update|delete|create|alter|drop) .*")) {
            return List.of();
        }
        return Stream.of(text.split("(?<=[.!?;])\\)?\\s+|\n"))
                .filter(sentence -> !sentence.isBlank())
                .toList();
    }

    /** Joins the lines of each comment paragraph; omits branches of a shell script. */
    private static String plain(String text) {
        return text.replaceAll("(?m)^.*;;$", "").replaceAll("\n# ?(?! |\n)", " ");
    }

    /** Returns the sentences of a page, without its headings, tables, code and comments. */
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

    /** Derives anchors from headings as the host of the repository does. */
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
