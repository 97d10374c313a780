package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace;

class RestartTest {
    @TempDir
    Path home;

    private static Path file(Path home) {
        return home.resolve("embedded-alpha").resolve("chain.log");
    }

    /** The file that a killed process leaves, without closing. */
    private Path killed(String name, byte[] content) throws IOException {
        Path other = home.resolve(name);
        Files.createDirectories(file(other).getParent());
        Files.write(file(other), content);
        return other;
    }

    @Test
    void nothingIsLostWhenTheProcessIsKilled() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction mined = node.send("");
            node.transport().mine();
            SignedTransaction replaced = node.send("bob");
            SignedTransaction waiting = node.send("");
            Utxo coin = Spender.coins(node, 1, 1_000_000).get(0);
            byte[] old = Spender.of(coin).data(80).change(100).raw();
            byte[] current = Spender.of(coin).data(80).change(300).raw();
            node.transport().broadcast(old);
            node.transport().broadcast(current);
            String shown = node.wallet().freshAddress("bob");

            try (TestNode again = new TestNode(killed("again", Files.readAllBytes(file(home))))) {
                assertEquals(node.ledger().tip(), again.ledger().tip());
                assertEquals(
                        TransactionPlace.Kind.CONFIRMED,
                        again.transport().locate(mined.id()).kind());
                assertEquals(TransactionPlace.MEMPOOL, again.transport().locate(replaced.id()));
                assertEquals(TransactionPlace.MEMPOOL, again.transport().locate(Spender.id(current)));
                assertEquals(TransactionPlace.UNKNOWN, again.transport().locate(Spender.id(old)));
                assertArrayEquals(
                        waiting.raw(), again.transport().fetch(waiting.id()).orElseThrow());
                assertArrayEquals(
                        mined.raw(), again.transport().fetch(mined.id()).orElseThrow());
                for (String account : List.of("", "bob")) {
                    assertEquals(
                            node.wallet().status(account).confirmed(),
                            again.wallet().status(account).confirmed());
                    assertEquals(
                            node.wallet().status(account).unconfirmed(),
                            again.wallet().status(account).unconfirmed());
                }
                assertNotEquals(shown, again.wallet().freshAddress("bob"));
                again.send("bob");
                BlockRef block = again.transport().mine();
                assertEquals(node.ledger().tip().height() + 1, block.height());
                assertEquals(0, again.transport().status().mempoolSize());
            }
        }
    }

    @Test
    void anUnfinishedLastRecordIsCutOffWhereverTheCrashCame() throws Exception {
        byte[] before;
        byte[] after;
        SignedTransaction first;
        SignedTransaction last;
        try (TestNode node = new TestNode(home)) {
            first = node.send("");
            last = node.pay("", 64, TestNode.FLOOR);
            before = Files.readAllBytes(file(home));
            node.transport().broadcast(last.raw());
            after = Files.readAllBytes(file(home));
        }
        assertTrue(after.length > before.length);
        for (int length = before.length; length < after.length; length++) {
            Path torn = killed("torn" + length, Arrays.copyOf(after, length));
            try (TestNode node = new TestNode(torn)) {
                assertEquals(before.length, Files.size(file(torn)));
                assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(first.id()));
                assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(last.id()));
                node.transport().broadcast(last.raw());
            }
            assertArrayEquals(
                    Arrays.copyOf(after, before.length), Arrays.copyOf(Files.readAllBytes(file(torn)), before.length));
            try (TestNode node = new TestNode(torn)) {
                assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(last.id()));
            }
        }
    }

    @Test
    void aTailOfZerosIsCutOff() throws Exception {
        try (TestNode node = new TestNode(home)) {
            node.send("");
        }
        byte[] good = Files.readAllBytes(file(home));
        for (int zeros : new int[] {1, 8, 9, 4096}) {
            Path torn = killed("zeros" + zeros, Arrays.copyOf(good, good.length + zeros));
            try (TestNode node = new TestNode(torn)) {
                assertEquals(1, node.transport().status().mempoolSize());
                assertEquals(good.length, Files.size(file(torn)));
            }
        }
    }

    @Test
    void damageInTheMiddleIsReportedAndNothingIsCut() throws Exception {
        try (TestNode node = new TestNode(home)) {
            node.send("");
            node.transport().mine();
        }
        byte[] damaged = Files.readAllBytes(file(home));
        damaged[60] ^= 1;
        Path other = killed("damaged", damaged);

        IOException refused = assertThrows(IOException.class, () -> new TestNode(other));

        assertTrue(refused.getMessage().contains("is damaged at byte "), refused.getMessage());
        assertArrayEquals(damaged, Files.readAllBytes(file(other)));
    }

    @Test
    void anotherFileInItsPlaceIsRefused() throws Exception {
        Path other = killed("other", "something else entirely".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

        IOException refused = assertThrows(IOException.class, () -> new TestNode(other));

        assertTrue(refused.getMessage().contains("is not a chain of this version"), refused.getMessage());
    }

    @Test
    void aKillAtTheVeryFirstWriteLeavesAUsablePlace() throws Exception {
        try (TestNode node = new TestNode(killed("first", new byte[] {'P', 'L', 'C'}))) {
            node.send("");
        }
        try (TestNode node = new TestNode(killed("empty", new byte[0]))) {
            node.send("");
        }
    }

    @Test
    void anAccountGetsItsCoinsOnce() throws Exception {
        for (int start = 0; start < 3; start++) {
            try (TestNode node = new TestNode(home)) {
                assertEquals(20 * 5_000_000L, node.wallet().status("bob").confirmed());
                assertEquals(1, node.ledger().tip().height());
            }
        }
    }

    @Test
    void aKillBetweenAddressesAndCoinsGivesTheCoinsLater() throws Exception {
        byte[] all;
        try (TestNode node = new TestNode(home)) {
            node.wallet().status("bob");
            all = Files.readAllBytes(file(home));
        }
        // The last record is the block that pays: without its last byte it does not exist.
        Path torn = killed("torn", Arrays.copyOf(all, all.length - 1));
        try (TestNode node = new TestNode(torn)) {
            assertEquals(0, node.ledger().tip().height());
            assertEquals(20 * 5_000_000L, node.wallet().status("bob").confirmed());
        }
    }

    @Test
    void onlyTheOwnerMayReadTheSeed() throws Exception {
        Path fresh = home.resolve("new").resolve("home");
        try (TestNode node = new TestNode(fresh)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(fresh))));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(file(fresh).getParent())));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)));
            assertEquals("READY", node.transport().status().state().name());
        }
        Files.setPosixFilePermissions(file(fresh), PosixFilePermissions.fromString("rw-r--r--"));
        try (TestNode node = new TestNode(fresh)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(fresh))));
        }
    }

    @Test
    void aChainInUseIsRefused() throws Exception {
        try (TestNode node = new TestNode(home)) {
            IOException refused = assertThrows(IOException.class, () -> new TestNode(home));

            assertTrue(refused.getMessage().endsWith("give each server its own partyline.home"), refused.getMessage());
            node.send("");
        }
    }

    @Test
    void aWriteThatFailsChangesNothingAndIsSaidInTheStatus() throws Exception {
        TestNode node = new TestNode(home);
        SignedTransaction paid = node.pay("", 64, TestNode.FLOOR);
        BlockRef tip = node.ledger().tip();
        // The file fails from now on, like a disk that disappears.
        Field log = Ledger.class.getDeclaredField("log");
        log.setAccessible(true);
        ((ChainLog) log.get(node.ledger())).close();

        assertThrows(NodeUnavailableException.class, () -> node.transport().broadcast(paid.raw()));
        assertThrows(NodeUnavailableException.class, () -> node.transport().mine());

        assertEquals(TransactionPlace.UNKNOWN, node.transport().locate(paid.id()));
        assertEquals(tip, node.ledger().tip());
        NodeStatus status = node.transport().status();
        assertEquals(NodeStatus.State.UNREACHABLE, status.state());
        assertTrue(status.detail().startsWith("cannot write its chain"), status.detail());
    }

    @Test
    void anInterruptedCallerHarmsNothing() throws Exception {
        try (TestNode node = new TestNode(home)) {
            SignedTransaction paid = node.pay("", 64, TestNode.FLOOR);
            Thread.currentThread().interrupt();
            node.transport().broadcast(paid.raw());
            node.transport().mine();
            assertArrayEquals(paid.raw(), node.transport().fetch(paid.id()).orElseThrow());

            assertTrue(Thread.interrupted());
            node.send("");
        }
    }

    @Test
    void aStoppedNodeSaysSo() throws Exception {
        TestNode node = new TestNode(home);
        SignedTransaction paid = node.pay("", 64, TestNode.FLOOR);
        node.close();

        NodeUnavailableException refused = assertThrows(
                NodeUnavailableException.class, () -> node.transport().broadcast(paid.raw()));
        assertEquals("node alpha: it is stopped", refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"));
    }

    @Test
    void manyTransactionsAreRebuiltInOrder() throws Exception {
        List<SignedTransaction> sent = new ArrayList<>();
        BlockRef tip;
        try (TestNode node = new TestNode(home)) {
            for (int i = 0; i < 120; i++) {
                sent.add(node.send(i % 2 == 0 ? "" : "bob"));
                if (i % 50 == 49) {
                    node.transport().mine();
                }
            }
            tip = node.ledger().tip();
        }
        try (TestNode node = new TestNode(home)) {
            assertEquals(tip, node.ledger().tip());
            for (SignedTransaction one : sent) {
                assertArrayEquals(one.raw(), node.transport().fetch(one.id()).orElseThrow());
            }
            assertEquals(20, node.transport().status().mempoolSize());
        }
    }
}
