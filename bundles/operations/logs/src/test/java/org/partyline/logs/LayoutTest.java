package org.partyline.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.ParameterizedMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.apache.logging.log4j.util.StringMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The lines of the log in the distribution's format: one for each event, clean, and without keys, whatever is logged.
 */
class LayoutTest {
    private static final Path CFG =
            Path.of("..", "..", "..", "karaf-assembly", "src", "main", "resources", "etc", "org.ops4j.pax.logging.cfg");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TXID = "c0ffee00".repeat(8);
    /** No line may contain these, in any field. */
    private static final List<String> CANARIES = List.of(
            TXID,
            TXID.toUpperCase(java.util.Locale.ROOT),
            "c0ffee".repeat(6),
            "bcrt1qpls6asek0whjnd5sh64jem00p8x73u0wkh9vxt",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
            "plcard1qqqsyqcyq5rqwzqf",
            "PLCHAN1QQQSYQCYQ5RQWZQF",
            "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion",
            "4c6f6e672068657820737472696e6773",
            "L1aW4aubDFB7yfras2S1mN3bqg9nwySY8nkoLmJebSLD5BWv3ENZ");

    private static String pattern(String key) {
        Properties all = new Properties();
        try (Reader in = Files.newBufferedReader(CFG, StandardCharsets.UTF_8)) {
            all.load(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        String text = all.getProperty(key);
        // Like the framework when it reads the file.
        Matcher name = Pattern.compile("\\$\\{([a-z0-9.]+)}").matcher(text);
        while (name.find()) {
            text = text.replace(name.group(), all.getProperty(name.group(1)));
            name.reset(text);
        }
        return text;
    }

    private static String line(String key, LogEvent event) {
        return PatternLayout.newBuilder()
                .withPattern(pattern(key))
                .withCharset(StandardCharsets.UTF_8)
                .build()
                .toSerializable(event);
    }

    private static LogEvent event(String message, Throwable thrown, Object... parameters) {
        StringMap context = new SortedArrayStringMap();
        context.putValue("bundle.name", "a " + message);
        return Log4jLogEvent.newBuilder()
                .setLoggerName("org.partyline.messaging.receive.InboundQueue")
                .setLevel(Level.ERROR)
                .setMessage(new ParameterizedMessage(message, parameters, null))
                .setThrown(thrown)
                .setThreadName("thread " + message)
                .setContextData(context)
                .setTimeMillis(1000)
                .build();
    }

    private static Throwable deep(String text) {
        IllegalStateException thrown = new IllegalStateException(text, new IOException("because " + text));
        thrown.addSuppressed(new IOException("beside " + text));
        return thrown;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log4j2.appender.file.layout.pattern",
                "log4j2.appender.json.layout.pattern",
                "log4j2.appender.console.layout.pattern"
            })
    void noKeyAndNoAddressIsWrittenWhicheverFieldItIsIn(String key) {
        for (String canary : CANARIES) {
            String[] lines = {
                line(key, event(canary, null)),
                line(key, event("a packet of {} came", null, canary)),
                line(key, event("in (" + canary + "), [" + canary + "] and \"" + canary + "\"", null)),
                line(key, event("it failed", new IllegalStateException(canary))),
                line(key, event("it failed", new IllegalStateException("at '" + canary + "'\n" + canary))),
                line(key, event("it failed", deep("key=" + canary + ";"))),
                // If it were cut at the maximum length, the rest would no longer look like a key.
                line(key, event("x".repeat(475) + " " + canary, null)),
            };
            for (String written : lines) {
                assertFalse(written.contains(canary.substring(0, Math.min(20, canary.length()))), written);
                assertEquals(written.length() - 1, written.indexOf('\n'), written);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log4j2.appender.file.layout.pattern",
                "log4j2.appender.json.layout.pattern",
                "log4j2.appender.console.layout.pattern"
            })
    void whatSteersATerminalOrEndsALineForgesNone(String key) {
        String forged =
                "x\r\n2026-01-01 INFO forged\u2028\u2029\u0085\u000b\f\u001b[2J\u009b31m\b\u0000\u202e\u200f\ud800\"}\n{\"level\":\"";
        for (LogEvent event :
                List.of(event(forged, null), event("say {}", null, forged), event("it failed", deep(forged)))) {
            String written = line(key, event);
            assertEquals(written.length() - 1, written.indexOf('\n'), written);
            assertFalse(
                    written.substring(0, written.length() - 1)
                            .chars()
                            .anyMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || c == '\u2028'
                                    || c == '\u2029'),
                    written);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log4j2.appender.file.layout.pattern",
                "log4j2.appender.json.layout.pattern",
                "log4j2.appender.console.layout.pattern"
            })
    void whatAnExceptionQuotesIsNotWritten(String key) {
        String written = line(
                key, event("it failed", new IOException("there is no persona 'canary persona' in \"canary words\"")));
        assertFalse(written.contains("canary"), written);
        assertTrue(written.contains("IOException: there is no persona '…' in '…'"), written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log4j2.appender.file.layout.pattern",
                "log4j2.appender.json.layout.pattern",
                "log4j2.appender.console.layout.pattern"
            })
    void ofTheUnexpectedOnlyKindAndPlaceAreWritten(String key) {
        for (Throwable thrown : List.of(
                new IllegalStateException("canary words"),
                new java.util.NoSuchElementException("canary words\n\tat canary.Words(Canary.java:1)\n"),
                new java.time.DateTimeException("canary words"),
                new OutOfMemoryError("canary words"))) {
            String written = line(key, event("it failed", thrown));
            assertFalse(written.toLowerCase(java.util.Locale.ROOT).contains("canary"), written);
            assertTrue(written.contains(thrown.getClass().getName() + " at org.partyline.logs.LayoutTest."), written);
            assertEquals(written, line(key, event("it failed", new InvocationTargetException(thrown))));
            thrown.setStackTrace(new StackTraceElement[0]);
            assertFalse(line(key, event("it failed", thrown)).contains("canary words"), key);
        }
        String missing = line(key, event("it failed", new NoClassDefFoundError("org/example/Missing")));
        assertTrue(missing.contains("NoClassDefFoundError: org/example/Missing"), missing);
    }

    @Test
    void aLineForPeopleSaysWhatAndWhere() {
        String text = line("log4j2.appender.file.layout.pattern", event("node '{}' is away", null, "core"));
        assertTrue(text.endsWith(" ERROR InboundQueue                     node 'core' is away\n"), text);
        assertTrue(line("log4j2.appender.file.layout.pattern", event("it failed", deep("so")))
                .contains(" it failed | java.io.IOException: because so"));
    }

    @Test
    void aJsonLineIsOneDocument() throws Exception {
        String written = line(
                "log4j2.appender.json.layout.pattern", event("node 'core' says \"no\" \\ {}", deep("so"), "ümlaut"));
        JsonNode document = JSON.readTree(written);
        assertEquals("1970-01-01T00:00:01.000Z", document.get("time").asText());
        assertEquals("ERROR", document.get("level").asText());
        assertEquals(
                "org.partyline.messaging.receive.InboundQueue",
                document.get("logger").asText());
        assertEquals(
                "node 'core' says \"no\" \\ ümlaut", document.get("message").asText());
        assertTrue(document.get("error").asText().startsWith("java.io.IOException: because so"));
        assertEquals(5, document.size());
        assertEquals(
                "",
                JSON.readTree(line("log4j2.appender.json.layout.pattern", event("well", null)))
                        .get("error")
                        .asText());
    }

    @Test
    void aLongMessageIsCut() {
        assertTrue(line("log4j2.appender.file.layout.pattern", event("x ".repeat(5000), null))
                        .length()
                < 600);
        assertTrue(line("log4j2.appender.json.layout.pattern", event("x ".repeat(5000), deep("y ".repeat(5000))))
                        .length()
                < 1800);
    }
}
