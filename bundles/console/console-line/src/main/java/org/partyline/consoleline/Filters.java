package org.partyline.consoleline;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jspecify.annotations.Nullable;

/** The filters that may follow a pipe. They read only what comes through the pipe: no file. */
final class Filters {
    /** The names of the filters. */
    static final SortedSet<String> NAMES = Collections.unmodifiableSortedSet(
            new TreeSet<>(List.of("grep", "head", "tail", "more", "less", "wc", "sort")));

    private static final int FEW = 10;
    /** The number of digits that always fit in an int. */
    private static final int MOST_DIGITS = 9;

    private Filters() {}

    static List<Command> commands() {
        return List.of(
                new OwnCommand(
                        "grep",
                        "Print lines that match a pattern: -i ignore case, -v lines that do not match, -c count only",
                        Filters::grep),
                new OwnCommand("head", "Print the first lines: 10, or -n NUMBER", Filters::head),
                new OwnCommand("tail", "Print the last lines: 10, or -n NUMBER", Filters::tail),
                new OwnCommand("more", "Show the output page by page", Filters::more),
                new OwnCommand("less", "Show the output page by page", Filters::more),
                new OwnCommand("wc", "Count lines, words and bytes: -l, -w or -c for one of them", Filters::count),
                new OwnCommand("sort", "Sort lines alphabetically: -n numerically, -r in reverse", Filters::sort));
    }

    private static @Nullable Object grep(Session session, List<String> words) throws CommandException, IOException {
        Options options = new Options(session, "grep", words, "ivc");
        if (options.rest.size() != 1) {
            throw ErrorLines.of(session, "grep requires one pattern: quote it if it contains spaces", null);
        }
        Predicate<String> matches;
        try {
            matches = Pattern.compile(
                            options.rest.get(0), options.has('i') ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0)
                    .asPredicate();
        } catch (PatternSyntaxException e) {
            throw ErrorLines.of(session, "grep: not a valid pattern: " + e.getDescription(), null);
        }
        Predicate<String> wanted = options.has('v') ? matches.negate() : matches;
        BufferedReader in = in();
        long count = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (wanted.test(ErrorLines.plain(line))) {
                count++;
                if (!options.has('c')) {
                    print(line);
                }
            }
        }
        if (options.has('c')) {
            print(Long.toString(count));
        }
        return null;
    }

    private static @Nullable Object head(Session session, List<String> words) throws CommandException, IOException {
        int most = number(session, "head", words);
        BufferedReader in = in();
        for (int i = 0; i < most; i++) {
            String line = in.readLine();
            if (line == null) {
                break;
            }
            print(line);
        }
        return null;
    }

    private static @Nullable Object tail(Session session, List<String> words) throws CommandException, IOException {
        int most = number(session, "tail", words);
        Deque<String> last = new ArrayDeque<>();
        BufferedReader in = in();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            last.add(line);
            if (last.size() > most) {
                last.remove();
            }
        }
        last.forEach(Filters::print);
        return null;
    }

    /** {@code -5}, {@code -n 5}, {@code -n5}. */
    private static int number(Session session, String name, List<String> words) throws CommandException {
        String given = String.join("", words).replaceFirst("^-n?", "");
        if (words.isEmpty()) {
            return FEW;
        }
        if (words.get(0).startsWith("-") && given.matches("[0-9]+")) {
            // No output has more lines than that.
            return given.length() > MOST_DIGITS ? Integer.MAX_VALUE : Integer.parseInt(given);
        }
        throw ErrorLines.of(session, name + " requires -n and a number of lines: write " + name + " -n 5", null);
    }

    /** Prints as many lines as the terminal has, then asks; without a terminal, prints all. */
    private static @Nullable Object more(Session session, List<String> words)
            throws CommandException, IOException, InterruptedException {
        new Options(session, "more", words, "");
        int rows = session.getTerminal() == null ? 0 : session.getTerminal().getHeight();
        BufferedReader in = in();
        int shown = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (rows > 1 && shown == rows - 1) {
                try {
                    String answer = session.readLine("-- more: Enter, or q to end -- ", null);
                    if (answer == null || answer.strip().equals("q")) {
                        return null;
                    }
                } catch (EndOfFileException e) {
                    return null;
                } catch (UserInterruptException e) {
                    throw new InterruptedException("interrupted by the operator");
                }
                shown = 0;
            }
            print(line);
            session.getConsole().flush();
            shown++;
        }
        return null;
    }

    private static @Nullable Object count(Session session, List<String> words) throws CommandException, IOException {
        Options options = new Options(session, "wc", words, "lwc");
        byte[] all = System.in.readAllBytes();
        String text = new String(all, StandardCharsets.UTF_8);
        List<String> numbers = new ArrayList<>();
        boolean whole = options.given.isEmpty();
        if (whole || options.has('l')) {
            numbers.add(Long.toString(text.chars().filter(c -> c == '\n').count()));
        }
        if (whole || options.has('w')) {
            numbers.add(Integer.toString(text.isBlank() ? 0 : text.strip().split("\\s+").length));
        }
        if (whole || options.has('c')) {
            numbers.add(Integer.toString(all.length));
        }
        print(String.join(" ", numbers));
        return null;
    }

    private static @Nullable Object sort(Session session, List<String> words) throws CommandException, IOException {
        Options options = new Options(session, "sort", words, "rn");
        Comparator<String> order = options.has('n')
                ? Comparator.comparingDouble(Filters::leadingNumber).thenComparing(Comparator.naturalOrder())
                : Comparator.naturalOrder();
        in().lines().sorted(options.has('r') ? order.reversed() : order).forEach(Filters::print);
        return null;
    }

    private static double leadingNumber(String line) {
        String number = line.strip().replaceFirst("^(-?[0-9]*\\.?[0-9]*).*$", "$1");
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static BufferedReader in() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    private static void print(String line) {
        PrintStream out = System.out;
        // Colour codes for the terminal must not affect the filter.
        byte[] bytes = (ErrorLines.plain(line) + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    /** The options of a filter, and the words after them. */
    private static final class Options {
        private final Set<Character> given = new TreeSet<>();
        private final List<String> rest = new ArrayList<>();

        Options(Session session, String name, List<String> words, String known) throws CommandException {
            boolean options = true;
            for (String word : words) {
                if (options && word.equals("--")) {
                    options = false;
                } else if (options && word.length() > 1 && word.startsWith("-")) {
                    for (char letter : word.substring(1).toCharArray()) {
                        if (known.indexOf(letter) < 0) {
                            throw ErrorLines.of(session, name + " has no such option: see help " + name, null);
                        }
                        given.add(letter);
                    }
                } else {
                    rest.add(word);
                }
            }
            if (!rest.isEmpty() && !name.equals("grep")) {
                throw ErrorLines.of(session, name + " does not accept arguments: it reads from the pipe", null);
            }
        }

        boolean has(char letter) {
            return given.contains(letter);
        }
    }
}
