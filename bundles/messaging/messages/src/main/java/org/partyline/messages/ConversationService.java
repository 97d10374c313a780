package org.partyline.messages;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.Packets;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.settings.SessionSettings;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.ConversationSummaries.Summary;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.conversation.ReceiveChainState;
import org.partyline.messaging.mailbox.ConversationMarks;
import org.partyline.messaging.mailbox.DraftRecord;
import org.partyline.messaging.mailbox.MessageCounts;
import org.partyline.messaging.mailbox.MessageRecord;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.mailbox.ReceiptRecord;
import org.partyline.messaging.mailbox.References;
import org.partyline.messaging.mailbox.Views;
import org.partyline.messaging.personas.PersonaRecords;
import org.partyline.messaging.recognition.Recognition;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Provides conversations as their reader sees them. */
final class ConversationService implements Conversations {
    /** Enough for the text of several messages. */
    private static final int MOST_DRAFT = 16 * Packets.MAX_MESSAGE;

    private final StateGuard guard;
    private final People people;
    private final Recognition recognition;
    private final Clock clock;
    private final OperatorSettings settings;
    private final Remarks remarks;
    private final ChainTips tips;
    private final MessageCounts counts;
    private final Bus bus;

    ConversationService(
            StateGuard guard,
            Recognition recognition,
            MessageCounts counts,
            Clock clock,
            OperatorSettings settings,
            Remarks remarks,
            Bus bus,
            ChainTips tips) {
        this.guard = guard;
        this.people = guard.people();
        this.recognition = recognition;
        this.clock = clock;
        this.settings = settings;
        this.remarks = remarks;
        this.bus = bus;
        this.tips = tips;
        this.counts = counts;
    }

    private long now() {
        return clock.instant().toEpochMilli();
    }

    /** Work on one conversation. */
    @FunctionalInterface
    private interface Work<T> {
        T on(StoreTransaction tx, org.partyline.messaging.conversation.Conversation conversation)
                throws PartylineException;
    }

    /** A change to the stored data of one conversation. */
    @FunctionalInterface
    private interface Change {
        void on(StoreTransaction tx, org.partyline.messaging.conversation.Conversation conversation)
                throws PartylineException;
    }

    private void change(Place place, Change work) throws PartylineException {
        guard.<PartylineException>perform(() -> guard.<PartylineException>update(tx -> work.on(tx, find(tx, place))));
    }

    private <T> T in(Place place, Work<T> work) throws PartylineException {
        return guard.<T, PartylineException>open(
                () -> guard.<T, PartylineException>transact(tx -> work.on(tx, find(tx, place))));
    }

    private org.partyline.messaging.conversation.Conversation find(StoreTransaction tx, Place place)
            throws PartylineException {
        PersonaRecord persona = PersonaRecord.named(tx, place.persona());
        return place.direct()
                ? people.conversations.contact(persona, place.name())
                : people.conversations.member(persona, place.name());
    }

    private static List<MessageRecord> records(StoreTransaction tx, int conversation) throws StoreException {
        return Tables.read(tx.list(MessageRecord.TABLE, Keys.of(conversation)), MessageRecord.class);
    }

    @Override
    public Numbers numbers(Selection named) throws PartylineException {
        return guard.<Numbers, PartylineException>open(() -> {
            OptionalInt persona = named.persona().isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(guard.<Integer, PartylineException>transact(tx -> (int) PersonaRecords.serial(
                            tx, PersonaRecord.named(tx, named.persona()).id())));
            Views views = new Views(people);
            Map<String, Integer> known = new HashMap<>();
            all().forEach(one -> views.id(one.id()).ifPresent(id -> known.put(id, one.id())));
            Set<Integer> conversations = new HashSet<>();
            for (String id : named.ids()) {
                Integer number = known.get(id);
                if (number == null) {
                    throw new NoSuchThingException(
                            "there is no conversation '" + id + "': see partyline:conversation-list");
                }
                conversations.add(number);
            }
            return new Numbers(persona, conversations);
        });
    }

    @Override
    public Selection named(Numbers numbers) throws PartylineException {
        return guard.<Selection, PartylineException>open(() -> {
            Optional<String> persona = numbers.persona().isEmpty()
                    ? Optional.empty()
                    : Optional.of(named(numbers.persona().getAsInt()));
            Views views = new Views(people);
            return new Selection(
                    persona,
                    numbers.conversations().stream()
                            .map(number -> views.id(number).orElse(Selection.REMOVED))
                            .collect(Collectors.toSet()));
        });
    }

    private String named(int serial) throws StoreException {
        OptionalInt persona = guard.transact(tx -> PersonaRecords.ofSerial(tx, serial));
        return persona.isEmpty() ? Selection.REMOVED : people.personas.name(persona.getAsInt());
    }

    private List<org.partyline.messaging.conversation.Conversation> all() {
        List<org.partyline.messaging.conversation.Conversation> all = new ArrayList<>();
        all.addAll(people.conversations.members());
        all.addAll(people.conversations.contacts());
        return all;
    }

    @Override
    public List<Conversation> list() throws PartylineException {
        return guard.<List<Conversation>, PartylineException>open(() ->
                guard.<List<Conversation>, PartylineException>transact(tx -> {
                    List<org.partyline.messaging.conversation.Conversation> known = all();
                    MessageCounts.Listing listing = counts.listing(tx);
                    List<Conversation> all = new ArrayList<>(known.size());
                    for (org.partyline.messaging.conversation.Conversation conversation : known) {
                        all.add(view(tx, listing, conversation));
                    }
                    all.sort(Comparator.comparing(
                                    (Conversation one) -> one.lastMessage().orElse(Instant.EPOCH))
                            .reversed()
                            .thenComparing(Conversation::name));
                    return all;
                }));
    }

    @Override
    public Conversation get(Place place) throws PartylineException {
        return in(place, this::view);
    }

    private Conversation view(StoreTransaction tx, org.partyline.messaging.conversation.Conversation conversation)
            throws StoreException {
        return view(tx, counts.listing(tx, conversation), conversation);
    }

    private Conversation view(
            StoreTransaction tx,
            MessageCounts.Listing listing,
            org.partyline.messaging.conversation.Conversation conversation)
            throws StoreException {
        ConversationMarks marks = listing.marks(conversation);
        String persona = people.personas.name(conversation.persona());
        Summary summary = listing.summary(conversation);
        return new Conversation(
                persona,
                !(conversation instanceof ChannelMembership),
                conversation.name(),
                summary.unread(),
                marks.readTo() == 0 ? OptionalLong.empty() : OptionalLong.of(marks.readTo()),
                summary.mentions(),
                marks.muted(),
                DraftRecord.find(tx, conversation.id(), now(), draftLife()).isPresent(),
                summary.last() < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(summary.last())),
                summary.missing());
    }

    private static int bounded(int most) throws NoSuchThingException {
        if (most < 1 || most > MOST) {
            throw new NoSuchThingException("ask for 1 to " + MOST + " messages, not " + most);
        }
        return most;
    }

    @Override
    public List<Message> history(Place place, OptionalLong before, int most) throws PartylineException {
        int wanted = bounded(most);
        Map<Network, Integer> heights = tips.get();
        return in(place, (tx, conversation) -> {
            List<MessageRecord> kept = new ArrayList<>(records(tx, conversation.id()));
            kept.removeIf(message -> message.expires() <= now());
            kept.sort(MessageOrder.OF_SENDERS);
            int end = kept.size();
            for (int i = 0; before.isPresent() && i < kept.size(); i++) {
                if (kept.get(i).id() == before.getAsLong()) {
                    end = i;
                }
            }
            References references = new References(kept, now());
            return views(heights, tx, people, kept.subList(Math.max(0, end - wanted), end), references);
        });
    }

    /** Converts messages to the form in which they are shown. Burn messages come without their text. */
    static List<Message> views(
            Map<Network, Integer> heights,
            StoreTransaction tx,
            People people,
            List<MessageRecord> shown,
            References references)
            throws StoreException {
        Views views = new Views(people, heights);
        List<Message> all = new ArrayList<>(shown.size());
        for (MessageRecord message : shown) {
            Optional<OutgoingMessage> way =
                    message.outgoing() ? OutgoingRecords.find(tx, message.id()) : Optional.empty();
            all.add(views.message(
                    MessageReader.withWay(message, way.orElse(null)),
                    way.map(OutgoingMessage::shown),
                    false,
                    references.answered(message)));
        }
        return all;
    }

    @Override
    public Message message(long id) throws PartylineException {
        Map<Network, Integer> heights = tips.get();
        return guard.<Message, PartylineException>open(() -> guard.<Message, PartylineException>transact(tx -> {
            MessageRecord message = Targets.kept(tx, id, now());
            return views(heights, tx, people, List.of(message), counts.references(tx))
                    .get(0);
        }));
    }

    @Override
    public boolean paysForReading(Place place) throws PartylineException {
        SessionSettings sessions = settings.get().sessions();
        return in(
                place,
                (tx, conversation) -> sessions.readReceipts()
                        && conversation instanceof ContactConversation contact
                        && contact.receipts(sessions.receipts()) == ReceiptMode.PAY);
    }

    @Override
    public void read(Place place, long upTo) throws PartylineException {
        ShownMarks shown = new ShownMarks(bus, clock.instant());
        change(place, (tx, conversation) -> {
            // A message that has not arrived yet was not read.
            long last = Math.min(upTo, counts.newest(tx, conversation));
            boolean more = last > ConversationMarks.of(tx, conversation.id()).readTo();
            put(tx, conversation, marks -> marks.readTo(last));
            if (more && ReceiptRecord.of(tx, conversation.id()).stream().anyMatch(ReceiptRecord::hasUnseen)) {
                for (MessageRecord message : records(tx, conversation.id())) {
                    if (message.id() <= last) {
                        shown.mark(tx, message);
                    }
                }
            }
        });
        shown.publish();
    }

    @Override
    public void mute(Place place, boolean muted) throws PartylineException {
        change(place, (tx, conversation) -> {
            put(tx, conversation, marks -> marks.muted(muted));
        });
    }

    private static void put(
            StoreTransaction tx,
            org.partyline.messaging.conversation.Conversation conversation,
            UnaryOperator<ConversationMarks> change)
            throws StoreException {
        ConversationMarks before = ConversationMarks.of(tx, conversation.id());
        ConversationMarks after = change.apply(before);
        if (!after.equals(before)) {
            after.put(tx);
        }
    }

    private long draftLife() {
        return settings.get().sending().defaultTtl().toMillis();
    }

    @Override
    public Optional<String> draft(Place place) throws PartylineException {
        return in(
                place,
                (tx, conversation) -> DraftRecord.find(tx, conversation.id(), now(), draftLife())
                        .map(DraftRecord::text));
    }

    @Override
    public void keepDraft(Place place, String text) throws PartylineException {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_DRAFT) {
            throw new NoSuchThingException(
                    "a draft can have " + MOST_DRAFT + " bytes, but this one has " + bytes + ": send part of it");
        }
        change(place, (tx, conversation) -> {
            if (text.isEmpty()) {
                tx.delete(DraftRecord.TABLE, Keys.of(conversation.id()));
            } else {
                new DraftRecord(conversation.id(), text, now()).put(tx, Instant.ofEpochMilli(now() + draftLife()));
            }
        });
    }

    @Override
    public List<Message> search(Conversations.Search wanted) throws PartylineException {
        int most = bounded(wanted.most());
        if (WordSearch.words(wanted.words()).isEmpty()) {
            throw new NoSuchThingException("there is nothing to search for: give a word");
        }
        Map<Network, Integer> heights = tips.get();
        return guard.<List<Message>, PartylineException>open(() ->
                guard.<List<Message>, PartylineException>transact(tx -> {
                    WordSearch search = new WordSearch(wanted.words(), most);
                    for (int conversation : places(tx, wanted)) {
                        // One conversation after another, so that no more than one is in memory at a time.
                        records(tx, conversation).forEach(message -> search.look(message, now()));
                    }
                    List<Message> found = new ArrayList<>();
                    for (MessageRecord message : search.found()) {
                        found.addAll(views(heights, tx, people, List.of(message), counts.references(tx)));
                    }
                    return found;
                }));
    }

    private List<Integer> places(StoreTransaction tx, Search wanted) throws PartylineException {
        List<Integer> all = new ArrayList<>();
        if (wanted.place().isPresent()) {
            all.add(find(tx, wanted.place().get()).id());
        } else {
            people.conversations.members().forEach(member -> all.add(member.id()));
            people.conversations.contacts().forEach(contact -> all.add(contact.id()));
        }
        Views views = new Views(people);
        all.removeIf(conversation -> !views.isIn(wanted.seen(), conversation));
        return all;
    }

    @Override
    public List<Participant> participants(Place channel) throws PartylineException {
        if (channel.direct()) {
            throw new NoSuchThingException("'" + channel.name() + "' is a contact: the conversation has two members");
        }
        return in(channel, (tx, conversation) -> {
            Participants heard = new Participants(people);
            for (MessageRecord message : records(tx, conversation.id())) {
                if (message.expires() > now()) {
                    heard.message(message);
                }
            }
            for (ReceiveChainState chain : recognition.chains.of(conversation.id())) {
                heard.chain(chain);
            }
            return heard.all();
        });
    }

    @Override
    public Receipt react(long id, String reaction) throws PartylineException {
        return react(id, reaction, (tx, receipt) -> {});
    }

    @Override
    public Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
        return remarks.react(id, reaction, alongside);
    }

    @Override
    public Receipt edit(long id, String text) throws PartylineException {
        return edit(id, text, (tx, receipt) -> {});
    }

    @Override
    public Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
        return remarks.edit(id, text, alongside);
    }

    @Override
    public Forgotten forget(long id) throws PartylineException {
        return remarks.forget(id);
    }
}
