package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.legacyv1.VersionOneReader;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** Messages of version 1 have no chain: they are told apart by their bytes alone (PROTOCOL 10). */
class LegacyReplayTest {
    /** A known answer: sealed under "hunter2". */
    private static final byte[] PAYLOAD = ("{\"nonce\": \"PmUf5In/m0lhziTumMv5oQ==\", \"cipher\": "
                    + "\"s/ACMiB2j3BKNrSm6e98r1gBQxFxdb9yx0oA9Ft6owPYZAs2cYNtSkOMLSpVTdF2RNMHQUsZzZFPRlUQs30fdcWNBiW+0E+vp00W\","
                    + " \"tag\": \"YnDmk/1/QXYHDzR7XOzkdQ==\"}")
            .getBytes(StandardCharsets.US_ASCII);

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("b");
    private TestServer bob;

    @BeforeEach
    void aChannelThatReadsVersionOne() throws Exception {
        bob = TestServer.fresh(clock, node);
        bob.provide("legacyReader", TestServer.make(VersionOneReader.class));
    }

    @AfterEach
    void close() {
        bob.close();
    }

    private void join(Network on) throws Exception {
        join("old times", on, "hunter2");
    }

    private void join(String channel, Network on, String passphrase) throws Exception {
        bob.channels()
                .join(
                        new Channels.Join(
                                Optional.empty(),
                                channel,
                                Channels.Mode.RATCHET,
                                Optional.of(new KdfParameters(KdfId.PBKDF2_SHA256, 0, 100_000, 0)),
                                Optional.of(on)),
                        passphrase.toCharArray());
    }

    private void hear() throws Exception {
        network.takes(network.transaction(List.of(PAYLOAD)));
        bob.read();
    }

    private void restart() throws Exception {
        bob = bob.restart(node);
        bob.provide("legacyReader", TestServer.make(VersionOneReader.class));
        bob.read();
    }

    @Test
    void aReplayIsNotShownAgain() throws Exception {
        join(Network.REGTEST);
        hear();
        assertEquals(List.of("hello mempool"), bob.received());
        Messages.Message shown = bob.messages().messages(Messages.Query.ALL).get(0);
        assertEquals("alice", shown.sender());
        hear();
        // What a server remembers of packets in memory must not be what stops it.
        restart();
        hear();
        assertEquals(List.of("hello mempool"), bob.received());
    }

    @Test
    void howManyAreKeptIsToldWithoutMarkingThemAsShown() throws Exception {
        join(Network.REGTEST);
        hear();
        assertEquals(1, bob.messages().legacyKept());
        assertEquals(1, bob.channels().list(Optional.empty()).get(0).unread());
        bob.messages().messages(Messages.Query.ALL);
        assertEquals(0, bob.channels().list(Optional.empty()).get(0).unread());
        clock.pass(Duration.ofDays(29));
        assertEquals(0, bob.messages().legacyKept());
    }

    @Test
    void aReplayIsNotShownAgainAfterItsMessageWentAway() throws Exception {
        join(Network.REGTEST);
        hear();
        clock.pass(Duration.ofDays(29));
        bob.keep();
        restart();
        hear();
        assertEquals(List.of(), bob.received());
    }

    @Test
    void aChannelOnAnotherNetworkDoesNotReadIt() throws Exception {
        join(Network.SIGNET);
        join("another", Network.REGTEST, "another passphrase");
        hear();
        assertEquals(List.of(), bob.received());
    }

    @Test
    void whereVersionOneIsNotAllowedNothingIsShown() throws Exception {
        join(Network.REGTEST);
        bob.settings.set("allow-legacy-v1", "false");
        hear();
        assertEquals(List.of(), bob.received());
    }

    @Test
    void theKeyOfVersionOneIsNotKeptWhereItIsNotAllowed() throws Exception {
        bob.settings.set("allow-legacy-v1", "false");
        join(Network.REGTEST);
        bob.settings.set("allow-legacy-v1", "true");
        hear();
        assertEquals(List.of(), bob.received());
    }
}
