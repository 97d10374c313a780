package org.partyline.messages;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.conversation.ChainKind;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.ReceiveChainRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.Annotations;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.MessageRecordBuilder;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.mailbox.SignerId;
import org.partyline.messaging.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** Messages and conversations on a bench, in a lobby where others have written. Alice reads. */
final class ConversationBench implements AutoCloseable {
    static final Place LOBBY = new Place(Optional.empty(), false, "lobby");

    final StageBench stage;
    final ChannelMembership lobby;
    Messages messages;
    Conversations conversations;
    Events events;

    ConversationBench() throws StoreException {
        this(MemoryStore.open());
    }

    /** @param store open */
    ConversationBench(MemoryStore store) throws StoreException {
        stage = new StageBench(new HandSetClock(), store);
        stage.nodes.add(new TestNetwork(stage.clock).node("a"));
        begin();
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    /** As after a restart: another instance reads the same store. */
    void begin() {
        MessagesStage made = stage.add(MessagesStage::new);
        messages = StageBench.offered(made, Messages.class);
        conversations = StageBench.offered(made, Conversations.class);
        events = StageBench.offered(made, Events.class);
    }

    /** Simulates a message in one packet. @return its number */
    long receive(Conversation place, String sender, int signer, String text, boolean burn) throws StoreException {
        byte[] locator = new byte[8];
        stage.random.nextBytes(locator);
        Instant now = stage.clock.instant();
        return stage.guard.transact(tx -> {
            MessageRecord message = MessageRecordBuilder.builder()
                    .id(Tables.next(tx, "message"))
                    .membership(place.id())
                    .sender(sender)
                    .burn(burn)
                    .text(text)
                    .chain(-1)
                    .chainOpened(now.getEpochSecond())
                    .sequence(-1)
                    .sent(now.getEpochSecond())
                    .arrived(now.toEpochMilli())
                    .expires(now.plusSeconds(3600).toEpochMilli())
                    .block(-1)
                    .packets(List.of())
                    .transactions(List.of())
                    .views(List.of())
                    .signer(signer)
                    .locator(HexFormat.of().formatHex(locator))
                    .annotations(Annotations.NONE)
                    .build();
            MessageRecords.put(tx, message);
            return message.id();
        });
    }

    /** Simulates a message in the lobby. */
    long receive(String sender, String text) throws StoreException {
        return receive(lobby, sender, SignerId.NOBODY, text, false);
    }

    /** Adds a sender's chain that is read in the lobby. */
    void chain(String nickname) throws StoreException {
        byte[] seed = new byte[32];
        stage.random.nextBytes(seed);
        stage.guard.open(() -> stage.guard.transact(tx -> {
            try (SecretBytes key = SecretBytes.wrap(seed)) {
                ReceiveChain chain = stage.chains.receive(key, stage.clock.instant());
                ReceiveChainRecord entry = new ReceiveChainRecord(
                        (int) Tables.next(tx, "chain"),
                        lobby.id(),
                        ChainKind.CHANNEL,
                        stage.chains.sessionId(key),
                        1,
                        nickname,
                        stage.clock.instant().getEpochSecond(),
                        null,
                        null,
                        0,
                        null);
                ReceiveChains.putChain(tx, entry, chain);
                stage.recognition.chains.follow(new ReceiveChainState(entry, chain));
            }
            return null;
        }));
    }

    /** Returns a text to a channel that answers a message. */
    static Messages.Send answer(String channel, long answers) {
        return new Messages.Send(
                Optional.empty(),
                false,
                channel,
                "an answer",
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.of(answers));
    }

    /** Returns the lobby as its reader sees it. */
    Conversations.Conversation lobby() throws PartylineException {
        return conversations.get(LOBBY);
    }

    /** Returns a message of the lobby, by its text; it is not marked as shown. */
    Message with(String text) throws PartylineException {
        return conversations.history(LOBBY, OptionalLong.empty(), 10).stream()
                .filter(message -> message.text().equals(Optional.of(text)))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        stage.close();
    }
}
