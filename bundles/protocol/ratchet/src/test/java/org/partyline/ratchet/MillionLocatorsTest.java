package org.partyline.ratchet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;

/** A million expected locators, and their chains, in a JVM with a heap of 128 MB. */
class MillionLocatorsTest {
    private static final int LOCATORS = 1_000_000;

    @Test
    void aMillionLocatorsAndTheirChainsFitAHeapOf128Megabytes() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MillionLocatorsTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = read(process);
        assertEquals(true, process.waitFor(5, TimeUnit.MINUTES), "it ends");
        assertEquals("1000000 locators of 15625 chains", output.strip());
        assertEquals(0, process.exitValue());
    }

    private static String read(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Runs in the other JVM: fills the table, finds each locator again, and prints their number. */
    public static void main(String[] arguments) {
        Chains chains = new PartylineChains();
        LocatorTable table = chains.newLocatorTable();
        ReceiveChain[] receivers = new ReceiveChain[LOCATORS / Chains.WINDOW];
        for (int i = 0; i < receivers.length; i++) {
            int chain = i;
            byte[] key = ByteBuffer.allocate(32).putInt(i).array();
            receivers[i] = chains.receive(SecretBytes.wrap(key), Instant.EPOCH);
            receivers[i].forEachExpected((position, hint) -> table.add(hint, chain, position));
        }
        for (int i = 0; i < receivers.length; i++) {
            int chain = i;
            receivers[i].forEachExpected((position, hint) -> table.find(hint, (foundChain, foundPosition) -> {
                if (foundChain != chain || foundPosition != position) {
                    throw new IllegalStateException("a locator led to another chain");
                }
            }));
        }
        System.out.println(table.size() + " locators of " + receivers.length + " chains");
    }
}
