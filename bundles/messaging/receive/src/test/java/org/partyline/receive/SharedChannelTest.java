package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.chains.SeenLocators;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;

/** Several personas of one server are in a channel; one of them joins later, or writes herself. */
class SharedChannelTest {
    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership alice;
    private ChannelMembership bob;
    private Speaker carol;
    private byte[] seed;

    @BeforeEach
    void aliceReadsAChain() throws Exception {
        alice = bench.join("lobby");
        carol = new Speaker(bench.stage, alice);
        seed = carol.newSeed();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Starts reading the chain for another membership, as joining does. */
    private ChannelMembership readOn() throws Exception {
        ChannelMembership joined = bench.join("lobby");
        bench.stage.guard.open(() -> {
            ReceiveChainState chain =
                    bench.stage.recognition.chains.of(alice.id()).get(0);
            ReceiveChain copy =
                    bench.stage.chains.decodeReceive(chain.chain.encode().expose());
            ReceiveChainRecord entry = bench.stage.guard.transact(tx -> {
                ReceiveChainRecord made = chain.entry
                        .with()
                        .number((int) Tables.next(tx, "chain"))
                        .membership(joined.id())
                        .build();
                ReceiveChains.putChain(tx, made, copy);
                int today = Days.of(bench.clock.instant());
                SeenChains.opens(tx, joined.id(), today, made.session());
                for (byte[] locator : SeenLocators.opened(tx, alice.id(), today)) {
                    SeenLocators.putSeen(tx, joined.id(), today, locator);
                }
                return made;
            });
            bench.stage.notices.events().startLine(entry.number(), copy.highest() + 1);
            bench.stage.recognition.chains.follow(new ReceiveChainState(entry, copy));
            return null;
        });
        return joined;
    }

    private Map<Integer, List<String>> texts() throws Exception {
        Map<Integer, List<String>> all = new HashMap<>();
        for (MessageRecord message :
                bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class))) {
            all.computeIfAbsent(message.membership(), none -> new ArrayList<>()).add(message.text());
        }
        return all;
    }

    private List<String> heard(ChannelMembership member) throws Exception {
        return texts().getOrDefault(member.id(), List.of());
    }

    @Test
    void aSecondPersonaReadsFromTheNextMessageOnAndNothingTwice() throws Exception {
        bench.hear(carol.opener(seed, "carol", "one"), carol.onChain(seed, 0, carol.text("two")));
        bob = readOn();
        bench.hear(carol.onChain(seed, 1, carol.text("three")));
        assertEquals(List.of("three"), heard(bob));
        bench.restart();
        bench.hear(carol.onChain(seed, 2, carol.text("four")));
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("three", "four"), heard(bob));
        assertEquals(List.of("one", "two", "three", "four"), heard(alice));
        assertFalse(bench.stage.audited.contains("chain-replayed"), "what is shown again by a block is no attack");
    }

    @Test
    void everyoneWhoSharesAChannelReadsWhatOpensAChainOnce() throws Exception {
        bob = bench.join("lobby");
        byte[] opener = carol.opener(seed, "carol", "to all of you");
        bench.hear(opener);
        bench.hear(carol.opener(seed, "carol", "to all of you"));
        assertEquals(List.of("to all of you"), heard(alice));
        assertEquals(List.of("to all of you"), heard(bob));
        assertEquals(List.of("chain-replayed"), bench.stage.audited);
    }

    /**
     * Alice's own packets count as strangers' for herself, and are stored for personas of her server that join later.
     */
    @Test
    void whatAPersonaHasSaidAloneIsReadByOthersOfItsServerThatJoinLater() throws Exception {
        byte[] opener = carol.opener(seed, "alice", "one");
        byte[] second = carol.onChain(seed, 0, carol.text("two"));
        bench.made(alice, opener, 1);
        bench.made(alice, second, 2);
        bench.hear(opener, second);
        bench.network.mine();
        bench.settle();
        assertEquals(List.of(), heard(alice));
        bob = bench.join("lobby");
        bench.stage.bus.publish(new Bus.Expected());
        bench.settle();
        assertEquals(List.of("one", "two"), heard(bob));
        byte[] third = carol.onChain(seed, 1, carol.text("three"));
        bench.made(alice, third, 3);
        bench.hear(third);
        assertEquals(List.of("one", "two", "three"), heard(bob));
        assertEquals(List.of(), heard(alice));
    }
}
