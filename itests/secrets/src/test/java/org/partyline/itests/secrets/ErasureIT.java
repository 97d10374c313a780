package org.partyline.itests.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.StoreException;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.storejdbc.StoreFiles;
import org.partyline.storejdbc.StoreReader;

/**
 * Checks that burned and expired messages and used keys disappear from the store's files, although all of it was
 * sealed.
 */
@ExtendWith(ShowLogs.class)
class ErasureIT {
    private static final String BURNT = "Burn this: the key lies under the third pot.";
    private static final int PART = 16;
    private static final String EXPIRES = "Gone in a while: the guard changes at noon.";

    @TempDir
    Path directory;

    @Test
    void burntAndExpiredTextsAndUsedKeysAreInTheFilesNoLonger() throws Exception {
        try (Talk talk = Talk.start("erasure")) {
            // At once, for the test: by default it takes up to an hour.
            Path settings = talk.server().home().resolve("etc/org.partyline.store.jdbc.cfg");
            talk.server().stop();
            Files.writeString(settings, "erase-after = 2m\n");
            talk.server().start();
            talk.operator().unlock();

            talk.say("Alice", BURNT, "--burn");
            talk.say("Bob", EXPIRES, "--ttl", "2m");
            List<byte[]> gone = new ArrayList<>();
            try (StoreReader reader = reader(talk, "before")) {
                List<byte[]> values = reader.values("messages");
                List<byte[]> sealed = reader.sealed("messages");
                for (int i = 0; i < values.size(); i++) {
                    if (isToGo(values.get(i))) {
                        gone.add(sealed.get(i));
                    }
                }
            }
            assertEquals(3, gone.size());
            List<byte[]> chains;
            try (StoreReader reader = reader(talk, "before-chains")) {
                chains = reader.sealed("receive-chains");
            }
            assertTrue(chains.size() >= 1, chains.size() + " chains");
            for (byte[] each : gone) {
                assertTrue(holds(talk, each), "the search finds what is there");
            }

            assertTrue(talk.server().json("read", talk.unread("Bob")).toString().contains(BURNT));
            // Bob's receiving chain advances: its previous key is used up.
            talk.say("Alice", "and on it goes");
            AtomicInteger looks = new AtomicInteger();
            Wait.until("what expired is gone", Duration.ofMinutes(5), () -> {
                try (StoreReader reader = reader(talk, "look-" + looks.incrementAndGet())) {
                    return reader.values("messages").stream().noneMatch(ErasureIT::isToGo);
                } catch (IOException | StoreException e) {
                    // Copied in the middle of the rewriting.
                    return false;
                }
            });
            Wait.until(
                    "the files were rewritten",
                    Duration.ofMinutes(5),
                    () -> gone.stream().noneMatch(each -> holds(talk, each)));
            assertTrue(chains.stream().anyMatch(each -> !holds(talk, each)), "no chain was erased");
            assertEquals("open", talk.server().json("status").get("store").asText());

            // And immediately when it stops, however long the settings would delay it.
            talk.say("Alice", BURNT, "--burn");
            List<byte[]> last = new ArrayList<>();
            try (StoreReader reader = reader(talk, "last")) {
                List<byte[]> values = reader.values("messages");
                List<byte[]> sealed = reader.sealed("messages");
                for (int i = 0; i < values.size(); i++) {
                    if (isToGo(values.get(i))) {
                        last.add(sealed.get(i));
                    }
                }
            }
            assertEquals(1, last.size());
            assertTrue(holds(talk, last.get(0)), "the search finds what is there");
            assertTrue(talk.server().json("read", talk.unread("Bob")).toString().contains(BURNT));
            talk.server().stop();
            assertFalse(holds(talk, last.get(0)));
        }
    }

    /**
     * Messages burned where they were read, and messages expired on both sides. The author of a burn message keeps it
     * until it expires.
     */
    private static boolean isToGo(byte[] message) {
        JsonNode record;
        try {
            record = new CBORMapper().readTree(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String text = record.get("text").asText();
        return text.equals(EXPIRES)
                || text.equals(BURNT) && !record.get("outgoing").asBoolean();
    }

    private StoreReader reader(Talk talk, String copy) throws Exception {
        return new StoreReader(talk.server().home(), directory.resolve(copy), Operator.STORE_PASSPHRASE);
    }

    /**
     * Returns whether one of the store's files contains a part of these bytes; a rewritten file is compressed, which
     * leaves parts.
     */
    private static boolean holds(Talk talk, byte[] wanted) {
        String sealed = new String(wanted, StandardCharsets.ISO_8859_1);
        try {
            for (String content : StoreFiles.contents(talk.server().home().resolve("store"))) {
                for (int i = 0; i + PART <= sealed.length(); i++) {
                    if (content.contains(sealed.substring(i, i + PART))) {
                        return true;
                    }
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            // It is being rewritten.
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
