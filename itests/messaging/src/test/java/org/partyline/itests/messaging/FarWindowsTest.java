package org.partyline.itests.messaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ReceiveChainRecordBuilder;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.recognition.ChainTable;
import org.partyline.messaging.recognition.Unmatched;
import org.partyline.ratchet.PartylineChains;

/** Positions that are expected further ahead need bounded memory, and none if nothing was missed. */
class FarWindowsTest {
    private static final int MOST = 512;

    private final Chains chains = new PartylineChains();
    /** Chains of conversations with odd numbers are on another network. */
    private final ChainTable table = new ChainTable(
            new Unmatched(),
            chain -> Optional.of(chain.entry.membership() % 2 == 0 ? Network.REGTEST : Network.SIGNET));

    @BeforeEach
    void begin() {
        table.begin(chains.newLocatorTable());
    }

    private void follow(int number, int conversation, ChainKind kind) {
        byte[] key = ByteBuffer.allocate(32).putInt(number).array();
        table.follow(new ReceiveChainState(
                ReceiveChainRecordBuilder.builder()
                        .number(number)
                        .membership(conversation)
                        .kind(kind)
                        .session(new byte[8])
                        .nickname("")
                        .build(),
                chains.receive(SecretBytes.wrap(key), Instant.EPOCH)));
    }

    private int window(int number) {
        return table.find(number).chain.window();
    }

    @Test
    void theWindowIsThatOfTheKindOfChainAndOfItsNetwork() {
        follow(1, 0, ChainKind.CHANNEL);
        follow(2, 0, ChainKind.SESSION);
        follow(3, 1, ChainKind.SESSION);
        table.setFar(Set.of(Network.REGTEST));
        follow(4, 0, ChainKind.CANDIDATE);
        follow(5, 0, ChainKind.REPLY);
        follow(6, 1, ChainKind.CHANNEL);
        assertEquals(100, window(1));
        assertEquals(1024, window(2));
        assertEquals(64, window(3));
        assertEquals(1024, window(4));
        assertEquals(64, window(5));
        assertEquals(64, window(6));
        assertEquals(100 + 1024 + 64 + 1024 + 64 + 64, table.size());
        table.remove(table.find(4));
        assertEquals(100 + 1024 + 64 + 64 + 64, table.size());
        table.setFar(Set.of());
        assertEquals(5 * 64, table.size());
    }

    @Test
    void ofManySessionsTheNewestAreLookedFarAheadOf() {
        for (int number = 1; number <= MOST + 2; number++) {
            follow(number, 0, ChainKind.SESSION);
        }
        table.setFar(Set.of(Network.REGTEST));
        assertEquals(64, window(2));
        assertEquals(1024, window(3));
        follow(MOST + 3, 0, ChainKind.SESSION);
        assertEquals(64, window(3));
        assertEquals(1024, window(MOST + 3));
        assertEquals(
                MOST,
                IntStream.rangeClosed(1, MOST + 3)
                        .filter(number -> window(number) == 1024)
                        .count());
        assertEquals(MOST * 1024 + 3 * 64, table.size());
        table.setFar(Set.of());
        assertEquals((MOST + 3) * 64, table.size());
    }
}
