package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoredRecord;
import org.partyline.messaging.chains.SeenChains;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ContactRecordBuilder;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.mailbox.Inbox;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.recognition.UsedPositionRecord;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.Days;
import org.partyline.messaging.store.Tables;

/** A member of the channel has the seeds of the others' chains, and repeats their messages (PROTOCOL 5). */
class ReplayedChainTest {
    private static final String OPENER = "this opens a chain";
    private static final String SIGNED = "I owe carol 100";

    private final ReceiveBench bench = new ReceiveBench();
    private ChannelMembership lobby;
    private IdentityKeys dorasKeys;
    private ContactConversation dora;
    private Content signed;
    private byte[] signedPacket;
    /** The opener of the chain, and anyone with its seed. */
    private Speaker mallory;

    private byte[] seed;

    @BeforeEach
    void aChannelWithASignedMessageOnAChain() throws Exception {
        lobby = bench.join("lobby");
        dorasKeys = bench.stage.identities.generate(bench.stage.random);
        dora = bench.stage.know("dora", dorasKeys);
        mallory = new Speaker(bench.stage, lobby);
        seed = mallory.newSeed();
        signed = mallory.signed(seed, 0, mallory.text(SIGNED), dorasKeys);
        signedPacket = mallory.onChain(seed, 0, signed);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void doraSpeaks() throws Exception {
        bench.hear(mallory.opener(seed, "dora", OPENER), signedPacket);
        assertEquals(List.of(OPENER, SIGNED), bench.texts());
    }

    /** Opens Dora's chain again, with her name, and adds her signed packet unchanged. */
    private void replay() {
        bench.hear(mallory.opener(seed, "dora", ""), signedPacket);
    }

    private void assertRefused() throws Exception {
        assertEquals(List.of("chain-replayed"), bench.stage.audited);
        assertEquals(List.of(OPENER, SIGNED), bench.texts());
        assertEquals(1, bench.count(SeenChains.TABLE));
    }

    @Test
    void whoOpensAnothersChainOnceMoreDoesNotHaveItsWordsShownAgain() throws Exception {
        doraSpeaks();
        // The defence must not depend on the packets that a server remembers in memory.
        bench.restart();
        replay();
        assertRefused();
    }

    /** Each member can take the next place on her chain. */
    @Test
    void aSignedMessageWhosePlaceAnotherTookIsReportedAfterARestartToo() throws Exception {
        byte[] second = mallory.onChain(seed, 1, mallory.signed(seed, 1, mallory.text("and dave 5"), dorasKeys));
        bench.hear(
                mallory.opener(seed, "dora", OPENER),
                mallory.onChain(seed, 0, mallory.text("nothing")),
                mallory.onChain(seed, 1, mallory.text("nothing more")));
        bench.restart();
        bench.hear(signedPacket);
        assertEquals(
                List.of("a message that dora signed is not shown, because a member of the channel used its key first:"
                        + " ask dora to send it again"),
                notices());
        assertTrue(bench.stage.recognition.packets.wasOpened(PacketId.of(Network.REGTEST.code(), signedPacket)));
        bench.restart();
        bench.hear(second);
        assertEquals(1, notices().size(), "one is enough");
    }

    @Test
    void aSignedMessageThatIsMetAgainAfterARestartIsNotReported() throws Exception {
        doraSpeaks();
        bench.restart();
        bench.hear(signedPacket);
        assertEquals(List.of(), notices());
    }

    @Test
    void theSecretOfAUsedPlaceIsStoredForADayAtMost() throws Exception {
        doraSpeaks();
        assertEquals(1, bench.count(UsedPositionRecord.TABLE));
        bench.clock.pass(Duration.ofDays(1).minusSeconds(1));
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(1, bench.count(UsedPositionRecord.TABLE));
        bench.clock.pass(Duration.ofSeconds(1));
        bench.stage.guard.transact(tx -> tx.deleteExpired(bench.clock.instant()));
        assertEquals(0, bench.count(UsedPositionRecord.TABLE));
    }

    @Test
    void wordsBesideASeedThatWasSeenAreNotShown() throws Exception {
        doraSpeaks();
        bench.hear(mallory.opener(seed, "dora", "I am dora"));
        assertRefused();
    }

    @Test
    void aMessageIsNotShownAgainUnderAnotherSuite() throws Exception {
        doraSpeaks();
        bench.hear(mallory.onChain(seed, 0, signed, Speaker.GCM));
        assertEquals(List.of(OPENER, SIGNED), bench.texts());
        bench.hear(mallory.opener(seed, "dora", ""));
        bench.hear(mallory.onChain(seed, 0, signed, Speaker.GCM));
        assertRefused();
    }

    @Test
    void aChainThatIsOverIsNotOpenedAgainWhileItsRootIsKept() throws Exception {
        doraSpeaks();
        // As if its keys were erased: the session id alone must be sufficient.
        bench.stage.guard.transact(tx -> {
            for (StoredRecord chain : tx.list(ReceiveChainRecord.TABLE)) {
                tx.delete(ReceiveChainRecord.TABLE, chain.key());
            }
            return null;
        });
        bench.restart();
        replay();
        assertRefused();
        assertEquals(0, bench.count(ReceiveChainRecord.TABLE));
    }

    /** The sealer records the chains that it opens. */
    @Test
    void nobodyIsShownItsOwnWordsAsAnothers() throws Exception {
        bench.stage.guard.transact(tx -> {
            int today = Days.of(bench.clock.instant());
            try (SecretBytes root = lobby.root(bench.stage.channelKeys, today);
                    SecretBytes key = bench.stage.chains.channelChainKey(seed, root, lobby.network())) {
                return SeenChains.opens(tx, lobby.id(), today, bench.stage.chains.sessionId(key));
            }
        });
        replay();
        assertEquals(List.of("chain-replayed"), bench.stage.audited);
        bench.hear(mallory.onChain(seed, 7, mallory.text("never said")));
        assertEquals(List.of(), bench.texts());
    }

    private List<Integer> signers() throws Exception {
        return bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(message -> message.text().equals(SIGNED))
                .map(MessageRecord::signer)
                .toList();
    }

    @Test
    void aSignatureDoesNotHoldInAnotherPlaceOfTheChain() throws Exception {
        doraSpeaks();
        assertEquals(List.of(dora.id()), signers());
        bench.hear(mallory.onChain(seed, 5, signed));
        assertEquals(List.of(dora.id(), SignerId.WRONG), signers());
    }

    /** Otherwise, it would reveal that one server has both personas. */
    @Test
    void aSignatureIsNotComparedWithTheContactsOfAnotherPersona() throws Exception {
        PersonaRecord other = bench.stage.persona("other");
        bench.stage.guard.<Void, StoreException>open(() -> {
            bench.stage.people.conversations.add(new ContactConversation(
                    ContactRecordBuilder.builder(dora.entry).persona(other.id()).build()));
            return null;
        });
        doraSpeaks();
        assertEquals(List.of(SignerId.UNKNOWN), signers());
    }

    @Test
    void aSignatureDoesNotHoldUnderAnotherSuite() throws Exception {
        // Nobody has seen Dora's chain: Mallory's copy arrives first.
        bench.hear(mallory.opener(seed, "dora", OPENER), mallory.onChain(seed, 0, signed, Speaker.GCM));
        assertEquals(List.of(SignerId.WRONG), signers());
    }

    @Test
    void aNewChainOfTheSameSenderIsReadAsBefore() throws Exception {
        doraSpeaks();
        replay();
        assertRefused();
        byte[] another = mallory.newSeed();
        bench.hear(
                mallory.opener(another, "dora", "on a chain of its own"),
                mallory.onChain(another, 0, mallory.text("and on")));
        assertEquals(List.of(OPENER, SIGNED, "on a chain of its own", "and on"), bench.texts());
    }

    @Test
    void everyPersonaOfAServerReadsAChainOnce() throws Exception {
        bench.join("lobby");
        byte[] opener = mallory.opener(seed, "dora", "to all of you");
        bench.hear(opener);
        assertEquals(Collections.nCopies(2, "to all of you"), bench.texts());
        bench.hear(mallory.opener(seed, "dora", "to all of you"));
        assertEquals(Collections.nCopies(2, "to all of you"), bench.texts());
        assertEquals(List.of("chain-replayed"), bench.stage.audited);
    }

    private List<String> notices() throws Exception {
        return bench.stage.guard.transact(tx -> Tables.all(tx, MessageRecord.TABLE, MessageRecord.class)).stream()
                .filter(MessageRecord::notice)
                .map(MessageRecord::text)
                .toList();
    }

    /** Every member of a channel can take the next positions of another's chain, and only the first packet counts. */
    @Test
    void aSignedMessageWhoseKeysAnotherMemberUsedFirstIsReportedOnceHoweverManyPacketsItHas() throws Exception {
        bench.hear(mallory.opener(seed, "dora", OPENER));
        for (int position = 0; position < 2; position++) {
            bench.hear(mallory.onChain(seed, position, mallory.text("mallory's")));
        }
        bench.hear(signedPacket);
        bench.hear(mallory.onChain(seed, 1, mallory.signed(seed, 1, mallory.text("and bob 50"), dorasKeys)));
        assertEquals(1, notices().size());
        assertEquals(1, bench.unmatched(), "the first of them was handled");
        assertTrue(notices().get(0).startsWith("a message that dora signed is not shown"), notices()::toString);
        bench.assertTold(OPENER, "mallory's", "mallory's", notices().get(0));
        assertEquals(List.of(OPENER, "mallory's", "mallory's"), bench.texts());
    }

    @Test
    void anotherPacketAtAUsedPositionThatNobodyElseSignedIsNotReported() throws Exception {
        doraSpeaks();
        // By Dora again, by nobody, and by someone unknown.
        bench.hear(mallory.onChain(seed, 0, mallory.signed(seed, 0, mallory.text("I owe carol 200"), dorasKeys)));
        bench.hear(mallory.onChain(seed, 0, mallory.text("I owe carol nothing")));
        IdentityKeys unknown = bench.stage.identities.generate(bench.stage.random);
        bench.hear(mallory.onChain(seed, 0, mallory.signed(seed, 0, mallory.text("I owe carol 300"), unknown)));
        byte[] junk = signedPacket.clone();
        junk[junk.length - 1]++;
        bench.hear(junk);
        assertEquals(4, bench.unmatched(), "they count as strangers'");
        assertEquals(List.of(), notices());
        assertEquals(List.of(OPENER, SIGNED), bench.texts());
    }

    /** Sixty-four positions after the highest one are expected. */
    @Test
    void theWindowOfAChainMovesWithIt() throws Exception {
        bench.hear(mallory.opener(seed, "dora", OPENER));
        for (int position : new int[] {64, 63, 40, 90, 99}) {
            bench.hear(mallory.onChain(seed, position, mallory.text("at " + position)));
        }
        List<String> texts = bench.texts();
        assertEquals(List.of(OPENER, "at 63"), texts.subList(0, 2), "one was too far ahead for a while");
        assertEquals(Set.of(OPENER, "at 63", "at 64", "at 40", "at 90", "at 99"), Set.copyOf(texts));
        assertEquals(6, texts.size());
    }

    @Test
    void positionsThatArriveLateFillTheirGapAndOthersLeaveNone() throws Exception {
        bench.hear(mallory.opener(seed, "dora", OPENER), mallory.onChain(seed, 0, mallory.text("0")));
        bench.hear(mallory.onChain(seed, 1, mallory.text("1")), mallory.onChain(seed, 4, mallory.text("4")));
        assertEquals(List.of(), bench.stage.inbox.gaps);
        bench.hear(mallory.onChain(seed, 2, mallory.text("2")));
        assertEquals(List.of(new Inbox.Skipped(Set.of(), Set.of(2), Set.of(3))), bench.stage.inbox.gaps);
    }
}
