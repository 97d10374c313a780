package org.partyline.shell.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.NoSuchThingException;

/** The stored data of conversations, in memory. */
public final class FakeConversations implements Conversations {
    private final FakeEngine fake;

    /** The remarks about messages. */
    public final List<String> said = new ArrayList<>();

    public final Map<String, String> drafts = new HashMap<>();
    public final Set<String> muted = new HashSet<>();
    public final Map<String, Long> marks = new HashMap<>();
    public final List<Search> searches = new ArrayList<>();
    /** Why readers are not asked to forget; empty if they are. */
    public String unasked = "";

    public final List<Participant> participants = new ArrayList<>(List.of(
            new Participant(
                    "bobby", Optional.of("bob"), Optional.of(Trust.VERIFIED), 3, 2, 0, Optional.of(Samples.NOW)),
            new Participant(
                    "bob",
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    0,
                    1,
                    Optional.of(Samples.NOW.minus(Duration.ofHours(1)))),
            new Participant("", Optional.empty(), Optional.empty(), 0, 0, 1, Optional.empty())));

    FakeConversations(FakeEngine fake) {
        this.fake = fake;
    }

    private Conversation one(String persona, boolean direct, String name) {
        long unread = fake.inbox.values().stream()
                .filter(message -> message.channel().equals(name) && message.id() > marks.getOrDefault(name, 0L))
                .count();
        return new Conversation(
                persona,
                direct,
                name,
                (int) unread,
                marks.containsKey(name) ? OptionalLong.of(marks.get(name)) : OptionalLong.empty(),
                unread > 1 ? 1 : 0,
                muted.contains(name),
                drafts.containsKey(name),
                unread > 0 ? Optional.of(Samples.NOW.minusSeconds(58)) : Optional.empty());
    }

    @Override
    public Numbers numbers(Selection named) {
        throw new UnsupportedOperationException("no command asks for numbers");
    }

    @Override
    public Selection named(Numbers numbers) {
        throw new UnsupportedOperationException("no command asks for names");
    }

    @Override
    public List<Conversation> list() {
        List<Conversation> all = new ArrayList<>();
        fake.channels.forEach(channel -> all.add(one(channel.persona(), false, channel.name())));
        fake.contacts.forEach(contact -> all.add(one(contact.persona(), true, contact.name())));
        return all;
    }

    @Override
    public Conversation get(Place place) throws PartylineException {
        return list().stream()
                .filter(one -> one.direct() == place.direct() && one.name().equals(place.name()))
                .findFirst()
                .orElseThrow(() -> new NoSuchThingException(
                        "there is no channel '" + place.name() + "': see partyline:channel-list"));
    }

    @Override
    public List<Message> history(Place place, OptionalLong before, int most) {
        return fake.inbox.values().stream()
                .filter(message -> message.channel().equals(place.name()))
                .toList();
    }

    @Override
    public Message message(long id) throws PartylineException {
        return Optional.ofNullable(fake.inbox.get(id)).orElseThrow(() -> new NoSuchThingException("message " + id));
    }

    @Override
    public boolean paysForReading(Place place) {
        return false;
    }

    @Override
    public void read(Place place, long upTo) throws PartylineException {
        get(place);
        marks.put(place.name(), upTo);
    }

    @Override
    public void mute(Place place, boolean isMuted) throws PartylineException {
        get(place);
        if (isMuted) {
            muted.add(place.name());
        } else {
            muted.remove(place.name());
        }
    }

    @Override
    public Optional<String> draft(Place place) throws PartylineException {
        get(place);
        return Optional.ofNullable(drafts.get(place.name()));
    }

    @Override
    public void keepDraft(Place place, String text) throws PartylineException {
        get(place);
        if (text.isEmpty()) {
            drafts.remove(place.name());
        } else {
            drafts.put(place.name(), text);
        }
    }

    @Override
    public List<Message> search(Search search) {
        searches.add(search);
        return fake.inbox.values().stream()
                .filter(message -> message.text()
                        .filter(text -> text.contains(search.words()))
                        .isPresent())
                .toList();
    }

    @Override
    public List<Participant> participants(Place channel) throws PartylineException {
        get(channel);
        return participants;
    }

    private Receipt queued(long about, String kind, String what) throws PartylineException {
        Message message = message(about);
        said.add(kind + " " + about + " " + what);
        long id = 200 + said.size();
        fake.outbox.put(
                id, Samples.outgoing(id, "me", message.direct(), message.channel(), kind, Messages.State.SENT, ""));
        return new Receipt(id, 1, 64, Optional.of(19L), Optional.empty(), Samples.NOW, "", Duration.ZERO, 0, List.of());
    }

    @Override
    public Receipt react(long id, String reaction) throws PartylineException {
        return queued(id, "reaction", reaction);
    }

    @Override
    public Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
        return fake.store.<Receipt, PartylineException>transact(tx -> {
            Receipt receipt = react(id, reaction);
            alongside.store(tx, receipt);
            return receipt;
        });
    }

    @Override
    public Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
        return fake.store.<Receipt, PartylineException>transact(tx -> {
            Receipt receipt = edit(id, text);
            alongside.store(tx, receipt);
            return receipt;
        });
    }

    @Override
    public Receipt edit(long id, String text) throws PartylineException {
        return queued(id, "edit", text);
    }

    @Override
    public Forgotten forget(long id) throws PartylineException {
        Optional<Receipt> asked = unasked.isEmpty() ? Optional.of(queued(id, "forget", "")) : Optional.empty();
        fake.inbox.remove(id);
        return new Forgotten(asked, unasked);
    }
}
