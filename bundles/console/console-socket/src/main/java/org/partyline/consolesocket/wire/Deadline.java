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
    /** Takes the rest of the input as its text. */
    private static final String SAY = "say";

    private static final String OPTION = "--timeout";
    private static final String FOLLOW = "--follow";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Map<Character, Duration> UNITS = Map.of(
            's', Duration.ofSeconds(1), 'm', Duration.ofMinutes(1), 'h', Duration.ofHours(1), 'd', Duration.ofDays(1));

    private static final Set<String> CHANGE_NOTHING =
            Set.of("status", "version", "doctor", "outbox", "messages", "events", "search", "inspect", "audit", "help");
    /** Of those, the ones that record how far was read. */
    private static final Set<String> MARK_AS_READ = Set.of("messages", "events");

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
            Map.entry("config", "config"),
            Map.entry("log", "log"),
            Map.entry("token", "token-list"),
            Map.entry("hook", "hook-list"),
            Map.entry("web", "web-devices"),
            Map.entry("read", "messages"),
            Map.entry("mark", "conversation-list"),
            Map.entry("mute", "conversation-list"),
            Map.entry("draft", "conversation-list"));

    /**
     * Parses it from typed lines: the deadline of several commands is the sum of theirs. The command is one that may
     * change something, if there is any.
     */
    public static Deadline of(String lines) {
        String name = "";
        Optional<Duration> sum = Optional.of(Duration.ZERO);
        for (List<String> words : commands(lines)) {
            String next = words.get(0).startsWith(SCOPE) ? words.get(0).substring(SCOPE.length()) : words.get(0);
            Optional<Duration> own = limit(next, words.subList(1, words.size()));
            sum = sum.flatMap(before -> own.map(before::plus));
            name = name.isEmpty() || changesNothing(name) ? next : name;
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
            if (word.equals("--") || name.equals(SAY) && isText) {
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

    /** The words of each command. A line end within quotation marks, or in the text of {@code say}, ends no command. */
    private static List<List<String>> commands(String lines) {
        List<List<String>> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean begun = false;
        for (int i = 0; i < lines.length(); i++) {
            char next = lines.charAt(i);
            if (quote != 0) {
                boolean escaped = next == '\\' && quote == '"' && i + 1 < lines.length();
                if (next == quote) {
                    quote = 0;
                } else {
                    word.append(escaped ? lines.charAt(++i) : next);
                }
            } else if (next == '#' && !begun && words.isEmpty()) {
                int end = lines.indexOf('\n', i);
                i = end < 0 ? lines.length() : end;
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
                if (next == '\n' && !words.isEmpty() && !isText(words.get(0))) {
                    commands.add(words);
                    words = new ArrayList<>();
                }
            } else {
                word.append(next);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        if (!words.isEmpty()) {
            commands.add(words);
        }
        return commands;
    }

    private static boolean isText(String command) {
        return command.equals(SAY) || command.equals(SCOPE + SAY);
    }

    /** Returns the message for an expired deadline: one line that says how to find out what was done. */
    public String passed(Duration after) {
        String late = "no answer within " + seconds(after) + ": ";
        if (command.isEmpty() || changesNothing(command)) {
            return late + "the server is busy or paused; nothing was changed"
                    + (MARK_AS_READ.contains(command) ? ", except what counts as read" : "")
                    + (command.isEmpty() ? ", except by a line that had already started" : "");
        }
        String about = command.contains("-") ? command.substring(0, command.indexOf('-')) : command;
        String where = OUTGOING.contains(command) ? "outbox" : SHOWN_BY.getOrDefault(about, "status");
        return late + command + " may or may not have been done. See " + SCOPE + where + " before you repeat it"
                + (command.equals("backup-export") ? ", and whether the file exists" : "");
    }

    private static boolean changesNothing(String command) {
        return CHANGE_NOTHING.contains(command) || command.endsWith("-list") || command.endsWith("-status");
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + " s";
    }
}
