package org.partyline.itests.secrets;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
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
import org.partyline.itests.harness.ShowLogs;
import org.partyline.storejdbc.StoreReader;

/** What is left in the memory of a locked server: a real process, and every object that it still reaches. */
@ExtendWith(ShowLogs.class)
class HeapDumpIT {
    private static final int KEY = 32;
    /** Encoded chains end with what a receiver skipped: a count of 2 bytes, and nothing where all messages came. */
    private static final int NONE_SKIPPED = 2;

    @TempDir
    Path directory;

    private final Map<String, byte[]> secrets = new LinkedHashMap<>();

    @Test
    void aLockedServerHoldsNoKeyNoPassphraseAndNoText() throws Exception {
        // The start script forbids Java's own tools; this test wants in.
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

            // And again after it was open a second time, by the same passphrase.
            talk.operator().unlock();
            talk.operator().lock();
            assertEquals(new TreeSet<>(), dump(talk, "locked-again"));
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

    /** Everything that must not be there, read from a copy of the store with its passphrase. */
    private void learn(Talk talk) throws Exception {
        for (String words :
                List.of(Operator.STORE_PASSPHRASE, Talk.CHANNEL_PASSPHRASE, Talk.TO_ALL, Talk.ANSWER, Talk.TO_ALICE)) {
            secrets.put("'" + words + "' in UTF-8 or Latin-1", words.getBytes(UTF_8));
            secrets.put("'" + words + "' in UTF-16BE", words.getBytes(UTF_16BE));
            secrets.put("'" + words + "' in UTF-16LE", words.getBytes(UTF_16LE));
        }
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
