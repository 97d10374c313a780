package org.partyline.consolesocket.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an unattended command may take: {@code --timeout}, or the command's default. The client needs this too,
 * since a server that hangs reads no command.
 *
 * @param command its name, without the scope
 * @param limit empty for no limit
 */
public record Deadline(String command, Optional<Duration> limit) {
    /** The default. */
    public static final Duration USUAL = Duration.ofSeconds(30);

    private static final Duration STATUS = Duration.ofSeconds(5);
    /** Commands that ask questions, run a demonstration or erase, and need an unpredictable time. */
    private static final Set<String> UNLIMITED = Set.of("setup", "chat", "demo", "tour", "panic");

    private static final String SCOPE = "partyline:";
    private static final String OPTION = "--timeout";
    private static final String FOLLOW = "--follow";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Map<Character, Duration> UNITS = Map.of(
            's', Duration.ofSeconds(1), 'm', Duration.ofMinutes(1), 'h', Duration.ofHours(1), 'd', Duration.ofDays(1));

    private static final Set<String> CHANGE_NOTHING =
            Set.of("status", "version", "doctor", "outbox", "messages", "events", "search", "inspect", "audit", "help");
    private static final Set<String> OUTGOING =
            Set.of("send", "say", "edit", "react", "resend", "recall", "cancel", "forget");
    /** By a command's topic: the command that shows the result. */
    private static final Map<String, String> SHOWN_BY = Map.ofEntries(
            Map.entry("persona", "persona-list"),
            Map.entry("contact", "contact-list"),
            Map.entry("receipts", "contact-list"),
            Map.entry("channel", "channel-list"),
            Map.entry("session", "session-list"),
            Map.entry("node", "node-list"),
            Map.entry("suite", "suite-list"),
            Map.entry("wallet", "wallet-status"),
            Map.entry("fee", "fee-status"),
            Map.entry("decoy", "decoy-status"),
            Map.entry("secrets", "secrets-status"),
            Map.entry("privacy", "privacy"),
            Map.entry("config", "config"));

    /** Parses it from typed lines: the deadline of several lines is the sum of theirs. */
    public static Deadline of(String lines) {
        String name = "";
        Optional<Duration> sum = Optional.of(Duration.ZERO);
        for (String line : lines.lines().toList()) {
            List<String> words = words(line);
            if (words.isEmpty() || words.get(0).startsWith("#")) {
                continue;
            }
            name = words.get(0).startsWith(SCOPE) ? words.get(0).substring(SCOPE.length()) : words.get(0);
            Optional<Duration> own = limit(name, words.subList(1, words.size()));
            sum = sum.flatMap(before -> own.map(before::plus));
        }
        return new Deadline(name, name.isEmpty() ? Optional.of(USUAL) : sum);
    }

    private static Optional<Duration> limit(String name, List<String> words) {
        Optional<Duration> limit = UNLIMITED.contains(name) || name.contains(":") || words.contains(FOLLOW)
                ? Optional.empty()
                : Optional.of(name.equals("status") ? STATUS : USUAL);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean isText =
                    !word.startsWith("-") && (i == 0 || !words.get(i - 1).startsWith("-"));
            if (word.equals("--") || name.equals("say") && isText) {
                return limit;
            }
            String value = word.equals(OPTION) && i + 1 < words.size() ? words.get(i + 1) : "";
            Optional<Duration> given =
                    duration(word.startsWith(OPTION + "=") ? word.substring(OPTION.length() + 1) : value);
            limit = given.isPresent() ? given : limit;
        }
        return limit;
    }

    /** An invalid one counts as none: the command itself rejects it. */
    private static Optional<Duration> duration(String text) {
        Matcher match = DURATION.matcher(text);
        return match.matches()
                ? Optional.ofNullable(UNITS.get(match.group(2).charAt(0)))
                        .map(unit -> unit.multipliedBy(Long.parseLong(match.group(1))))
                : Optional.empty();
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean begun = false;
        for (int i = 0; i < line.length(); i++) {
            char next = line.charAt(i);
            if (quote != 0) {
                if (next == quote) {
                    quote = 0;
                } else {
                    word.append(next);
                }
            } else if ((next == '"' || next == '\'')
                    && (!begun || word.toString().endsWith("="))) {
                quote = next;
                begun = true;
            } else if (Character.isWhitespace(next)) {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(next);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    /** Returns the message for an expired deadline: one line that says how to find out what was done. */
    public String passed(Duration after) {
        String late = "no answer within " + seconds(after) + ": ";
        if (command.isEmpty()
                || CHANGE_NOTHING.contains(command)
                || command.endsWith("-list")
                || command.endsWith("-status")) {
            return late + "the server is busy or paused; nothing was changed"
                    + (command.isEmpty() ? ", except by a line that had already started" : "");
        }
        String about = command.contains("-") ? command.substring(0, command.indexOf('-')) : command;
        String where = OUTGOING.contains(command) ? "outbox" : SHOWN_BY.getOrDefault(about, "status");
        return late + command + " may or may not have been done. See " + SCOPE + where + " before you repeat it"
                + (command.equals("backup-export") ? ", and whether the file exists" : "");
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + " s";
    }
}
