package org.partyline.itests.secrets;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Seat;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.SshKey;
import org.partyline.storejdbc.StoreReader;

/** Checks what remains in the memory of a locked server: a real process, and every object that it still references. */
@ExtendWith(ShowLogs.class)
class HeapDumpIT {
    private static final int KEY = 32;
    /**
     * Encoded chains end with the skipped positions of a receiver: a count of 2 bytes, and nothing more if all messages
     * arrived.
     */
    private static final int NONE_SKIPPED = 2;

    private static final String TYPED = "The words that somebody typed at the prompt.";
    private static final String DRAFT = "Nobody has sent these words yet.";

    @TempDir
    Path directory;

    private final Map<String, byte[]> secrets = new LinkedHashMap<>();

    @Test
    void aLockedServerHoldsNoKeyNoPassphraseAndNoText() throws Exception {
        // The start script disables Java's own tools, which this test needs.
        try (Talk talk = Talk.start("heap", "-XX:-DisableAttachMechanism")) {
            talk.say("Alice", Talk.TO_ALL);
            talk.say("Bob", Talk.ANSWER);
            talk.writeToAlice();
            learn(talk);

            TreeSet<String> open = dump(talk, "open");
            for (String what : List.of("root", "chain key of a sender", "chain key of a receiver", "seal key")) {
                assertTrue(
                        open.stream().anyMatch(name -> name.startsWith(what)),
                        "the search finds no " + what + " where there is one: " + open);
            }

            talk.operator().lock();
            assertEquals(new TreeSet<>(), dump(talk, "locked"));

            // And again after it was opened a second time, by the same passphrase.
            talk.operator().unlock();
            talk.operator().lock();
            assertEquals(new TreeSet<>(), dump(talk, "locked-again"));
        }
    }

    @Test
    void aLockedServerHoldsNoTextOfWhatItsScreensShowed() throws Exception {
        SshKey key = SshKey.make();
        try (Talk talk = Talk.start("screens", key::letIn, "-XX:-DisableAttachMechanism")) {
            talk.say("Alice", Talk.TO_ALL);
            learn(Operator.STORE_PASSPHRASE, Talk.TO_ALL, Talk.ANSWER, DRAFT, TYPED);
            try (Seat chat = Seat.local(talk.server().home(), "xterm-256color", 100, 30);
                    Seat reader = Seat.local(talk.server().home(), "xterm-256color", 200, 30);
                    Seat plain = Seat.local(talk.server().home(), "dumb", 100, 30);
                    Seat away = Seat.remote(talk.server().home(), key, 100, 30);
                    Seat console = Seat.local(talk.server().home(), "xterm-256color", 100, 30)) {
                chat.type("chat --persona Alice " + Talk.CHANNEL + "\r").sees(Talk.TO_ALL);
                away.type("chat --persona Alice " + Talk.CHANNEL + "\r").sees(Talk.TO_ALL);
                reader.type("messages --persona Bob --follow\r");
                plain.type("chat --persona Bob " + Talk.CHANNEL + "\r").sees("Chatting in " + Talk.CHANNEL);
                talk.say("Bob", Talk.ANSWER);
                chat.sees(Talk.ANSWER).type(DRAFT).sees(DRAFT);
                reader.sees(Talk.ANSWER);
                console.type("lock\r").sees("locked").type("unlock\r").sees("assphrase");
                console.type(Operator.STORE_PASSPHRASE + "\r").sees("open");
                console.type("say --persona Alice --channel " + Talk.CHANNEL + " " + TYPED + "\r");
                reader.sees(TYPED);
                TreeSet<String> open = dump(talk, "open");
                assertTrue(open.stream().anyMatch(name -> name.startsWith("'" + Talk.ANSWER)), open::toString);

                talk.operator().lock();
                chat.sees("The store is locked");
                away.sees("The store is locked");
                assertEquals(new TreeSet<>(), dump(talk, "locked"));

                // And when it was opened and locked in the chat itself.
                chat.type(Operator.STORE_PASSPHRASE).type("\r").sees(Talk.ANSWER);
                away.sees(Talk.ANSWER)
                        .type(":q\r")
                        .sees("partyline>")
                        .type("messages --channel " + Talk.CHANNEL + "\r");
                // The table breaks the line after these words.
                away.sees(Talk.ANSWER.substring(0, "The cat sleeps on the".length()));
                talk.operator().lock();
                chat.sees("The store is locked");
                assertEquals(new TreeSet<>(), dump(talk, "locked-again"));
            }
        }
    }

    private TreeSet<String> dump(Talk talk, String name) throws Exception {
        Path file = directory.resolve(name + ".hprof");
        try {
            return HeapDump.of(talk.server().process(), file).holds(secrets);
        } finally {
            java.nio.file.Files.deleteIfExists(file);
        }
    }

    /** Reads all forbidden values from a copy of the store with its passphrase. */
    private void learn(Talk talk) throws Exception {
        learn(Operator.STORE_PASSPHRASE, Talk.CHANNEL_PASSPHRASE, Talk.TO_ALL, Talk.ANSWER, Talk.TO_ALICE);
        try (StoreReader reader =
                new StoreReader(talk.server().home(), directory.resolve("copy"), Operator.STORE_PASSPHRASE)) {
            List<byte[]> keys = reader.storeKeys();
            addKey("store key", keys.get(0));
            addKey("seal key", keys.get(1));
            addKey("index key", keys.get(2));
            for (JsonNode membership : records(reader, "memberships")) {
                addKey(
                        "root of membership " + membership.get("id"),
                        membership.get("root").binaryValue());
            }
            for (JsonNode chain : records(reader, "send-chains")) {
                byte[] encoded = chain.get("chain").binaryValue();
                addKey(
                        "chain key of a sender in " + chain.get("membership"),
                        Arrays.copyOfRange(encoded, encoded.length - KEY, encoded.length));
            }
            for (JsonNode chain : records(reader, "receive-chains")) {
                byte[] encoded = chain.get("chain").binaryValue();
                int end = encoded.length - NONE_SKIPPED;
                addKey(
                        "chain key of a receiver of chain " + chain.get("number"),
                        Arrays.copyOfRange(encoded, end - KEY, end));
            }
            for (JsonNode identity : records(reader, "identities")) {
                for (String field : List.of("signingSeed", "agreementPrivate", "inboxSecret")) {
                    addKey(
                            field + " of persona " + identity.get("persona"),
                            identity.get(field).binaryValue());
                }
            }
        }
        for (String kind : List.of("root", "chain key of a sender", "chain key of a receiver", "signingSeed")) {
            Predicate<String> isOne = name -> name.startsWith(kind);
            assertTrue(secrets.keySet().stream().filter(isOne).count() >= 2, kind);
        }
    }

    private void learn(String... texts) {
        for (String words : texts) {
            secrets.put("'" + words + "' in UTF-8 or Latin-1", words.getBytes(UTF_8));
            secrets.put("'" + words + "' in UTF-16BE", words.getBytes(UTF_16BE));
            secrets.put("'" + words + "' in UTF-16LE", words.getBytes(UTF_16LE));
            // In a line editor's format: an int for each character.
            secrets.put("'" + words + "' in UTF-32", words.getBytes(Charset.forName("UTF-32BE")));
        }
    }

    private static List<JsonNode> records(StoreReader reader, String table) throws Exception {
        CBORMapper mapper = new CBORMapper();
        List<JsonNode> records = new java.util.ArrayList<>();
        for (byte[] value : reader.values(table)) {
            records.add(mapper.readTree(value));
        }
        return records;
    }

    private void addKey(String name, byte[] key) {
        String hex = HexFormat.of().formatHex(key);
        secrets.put(name, key);
        secrets.put(name + " in hex", hex.getBytes(UTF_8));
        secrets.put(name + " in HEX", hex.toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8));
        secrets.put(
                name + " in Base64",
                java.util.Base64.getEncoder().withoutPadding().encode(key));
    }
}
