package org.partyline.panic;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reduces a log to that of a server whose store was always empty: starts, creation, opening and locking of the store,
 * and events of bundles and nodes. A log that begins today, for a store that was created earlier, would reveal that it
 * was truncated.
 */
final class EmptyStoreLog {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss");

    /** A line of text in the format of etc/org.ops4j.pax.logging.cfg: time, level, logger, message. */
    private static final Pattern TEXT = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\S+) +([A-Z]+ +\\S+ +(.*))");

    /** A line of JSON. */
    private static final Pattern JSON = Pattern.compile("\\{\"time\":\"([^\"]+)Z\",(.*\"message\":\"(.*))");

    /** The messages that the server logs when a store is created or opened. */
    private static final Pattern OPENED = Pattern.compile("the store (was created|is open)\\b.*");

    /** Messages that are logged whatever the store contains. */
    private static final Pattern KEPT =
            Pattern.compile("(the store (was created|is open|is locked)|bundle-[a-z]+: |security: "
                    + "(unlock-refused|node-[a-z]+): |node ).*");

    /** Karaf's own lines, which come in pairs and have another time format. */
    private static final String KARAF = " org.apache.karaf.main.";

    /** Lines printed by Java itself. */
    private static final Pattern JAVA = Pattern.compile("(WARNING: |OpenJDK |Java HotSpot).*");

    private static final Pattern NUMBERS = Pattern.compile("\\d+");

    /** A log line in its original form. */
    private record Line(String time, String rest, String message) {
        static Optional<Line> of(String text) {
            Matcher line = TEXT.matcher(text);
            if (line.matches()) {
                return Optional.of(new Line(line.group(1), line.group(2), line.group(3)));
            }
            Matcher json = JSON.matcher(text);
            return json.matches()
                    ? Optional.of(new Line(json.group(1), json.group(2), json.group(3)))
                    : Optional.empty();
        }

        String kind() {
            return NUMBERS.matcher(rest).replaceAll("0");
        }
    }

    private EmptyStoreLog() {}

    /**
     * The lines that are kept.
     *
     * @param lines of the log, the oldest first
     * @param started when this server was started
     */
    static List<String> of(List<String> lines, LocalDateTime started) {
        Set<String> ofEachStart = loggedBeforeUse(lines, started);
        List<String> kept = new ArrayList<>();
        boolean keeping = false;
        for (String text : lines) {
            Optional<Line> line = Line.of(text);
            if (line.isPresent()) {
                keeping = KEPT.matcher(line.get().message()).matches()
                        || ofEachStart.contains(line.get().kind());
            } else if (text.contains(KARAF)) {
                keeping = true;
            }
            if (keeping || line.isEmpty() && JAVA.matcher(text).matches()) {
                kept.add(text);
            }
        }
        return kept;
    }

    /** The lines that this start logged before a store was open: they are the same each time, apart from numbers. */
    private static Set<String> loggedBeforeUse(List<String> lines, LocalDateTime started) {
        String text = TIME.format(started);
        String json = TIME.format(started.atZone(ZoneId.systemDefault()).withZoneSameInstant(ZoneOffset.UTC));
        Set<String> kinds = new HashSet<>();
        for (String each : lines) {
            Optional<Line> line = Line.of(each);
            boolean now = line.isPresent() && line.get().time().compareTo(each.startsWith("{") ? json : text) >= 0;
            if (now && OPENED.matcher(line.get().message()).matches()) {
                return kinds;
            }
            if (now) {
                kinds.add(line.get().kind());
            }
        }
        return kinds;
    }
}
