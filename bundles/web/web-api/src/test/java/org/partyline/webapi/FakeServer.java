package org.partyline.webapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Event;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Alongside;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.QrCodes;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/**
 * The services behind the API in memory, with a channel and a contact; a message is stored in one transaction, like in
 * the real services.
 */
final class FakeServer implements ApiServices {
    static final String MESSAGES = "messages";
    /** The existing message, from a contact. */
    static final long MESSAGE = 7;

    private static final long RECALL_FEE = 21;

    private static final Place BOB = new Place(Optional.of("me"), true, "bob");

    final HandSetClock clock = new HandSetClock();
    final MemoryStore store = MemoryStore.open();
    Messages.State state = Messages.State.SENT;
    final List<Send> sent = new ArrayList<>();
    final List<String> marked = new ArrayList<>();
    final List<Long> shown = new ArrayList<>();
    final List<String> reactions = new ArrayList<>();
    final List<String> added = new ArrayList<>();
    final List<String> joined = new ArrayList<>();
    /** The last array with a passphrase. */
    char[] passphrase = {};

    KdfParameters kdf = KdfParameters.ARGON2ID_DEFAULT;
    final List<Nodes.Node> nodes = new ArrayList<>();
    List<Finding> findings = List.of();
    int looks;
    /** Runs in the doctor. */
    Runnable onLook = () -> {};

    final Map<String, Long> acknowledged = new HashMap<>();
    Optional<Long> fee = Optional.of(200L);
    Optional<Long> openingFee = Optional.empty();
    /** Whether a message leaves just before it is cancelled. */
    boolean leaves;
    /** Whether a message cannot be cancelled although it waits. */
    boolean holds;

    /** Whether read receipts cost money. */
    boolean paysForReading;
    /** How much more than its price a message may cost. */
    long margin;
    /** What each message has cost. */
    long cost = 300;
    /** Why messages wait; empty: they do not. */
    String reason = "";
    /** Why no message can be sent or recalled; empty: it can. */
    String refusal = "";

    String status = "{}";
    /** Runs once, before the next message is stored. */
    Optional<Callable<?>> before = Optional.empty();

    private final List<Conversation> conversations = new ArrayList<>(List.of(
            conversation("me", false, "lobby"), conversation("me", true, "bob"), conversation("work", true, "bob")));

    private static Conversation conversation(String persona, boolean direct, String name) {
        return new Conversation(persona, direct, name, 0, OptionalLong.empty(), 0, false, false, Optional.empty(), 0);
    }

    /** A service of which only the target's methods may be called. */
    private static <T> T service(Class<T> type, Object target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Method known = target.getClass().getMethod(method.getName(), method.getParameterTypes());
            known.setAccessible(true);
            try {
                return known.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public Messages messages() {
        return service(Messages.class, new Object() {
            public Receipt send(Send request, Alongside alongside) throws Exception {
                Optional<Callable<?>> first = before;
                before = Optional.empty();
                if (first.isPresent()) {
                    first.get().call();
                }
                Receipt made = store.<Receipt, PartylineException>transact(tx -> {
                    long id = tx.count(MESSAGES) + 1;
                    tx.put(MESSAGES, new byte[] {(byte) id}, new byte[0], new byte[1], null);
                    Receipt receipt = receipt(id, openingFee);
                    alongside.store(tx, receipt);
                    return receipt;
                });
                sent.add(request);
                return made;
            }

            public Message read(long id) {
                shown.add(id);
                return message(id, BOB, Optional.of("burned by this"));
            }

            public Recalled recall(long id) throws NoSuchThingException {
                if (!refusal.isEmpty()) {
                    throw new NoSuchThingException(refusal);
                }
                if (state == Messages.State.RECALLED || state == Messages.State.CONFIRMED) {
                    throw new NoSuchThingException("message " + id + " cannot be recalled");
                }
                reactions.add("recall " + id);
                state = Messages.State.RECALLED;
                return new Recalled(way(id, state), 1, 0, RECALL_FEE);
            }

            public Outgoing cancel(long id) throws NoSuchThingException {
                if (leaves) {
                    state = Messages.State.SENT;
                    throw new NoSuchThingException("message " + id + " has been sent");
                }
                if (holds) {
                    throw new NoSuchThingException("message " + id + " opens a session");
                }
                reactions.add("cancel " + id);
                return way(id, Messages.State.RECALLED);
            }

            public Outgoing outgoing(long id) {
                return way(id, state);
            }

            public List<Outgoing> outbox(boolean all) throws StoreException {
                return LongStream.rangeClosed(1, store.count(MESSAGES))
                        .mapToObj(id -> way(id, state))
                        .filter(one -> all || !one.state().isSettled())
                        .toList();
            }

            private Outgoing way(long id, Messages.State state) {
                return new Outgoing(
                        id,
                        BOB.persona().orElseThrow(),
                        BOB.direct(),
                        BOB.name(),
                        "message",
                        state,
                        reason,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        false,
                        5,
                        List.of(new Messages.Part(
                                80,
                                Messages.State.SENT,
                                Optional.of(TxId.of("ab".repeat(32))),
                                150,
                                cost + (state == Messages.State.RECALLED ? RECALL_FEE : 0),
                                "core")),
                        Messages.Carrier.CONFIRM,
                        OptionalInt.empty());
            }

            public List<Optional<Messages.Use>> uses(List<Nodes.Sighting> packets) {
                return List.of(Optional.of(Messages.Use.RECEIVED), Optional.empty());
            }

            public Price price(Send request) {
                return new Price(2, 160, fee, 10, List.of("something to know"));
            }
        });
    }

    private Receipt receipt(long id, Optional<Long> opening) {
        return new Receipt(id, 1, 80, fee, opening, Instant.EPOCH, reason, Duration.ZERO, margin, List.of());
    }

    @Override
    public Conversations conversations() {
        return service(Conversations.class, new Object() {
            public List<Conversation> list() {
                return conversations;
            }

            public List<Message> history(Place place, OptionalLong before, int most) {
                return List.of(FakeServer.message(before.orElse(most), place, Optional.of("hello")));
            }

            public Message message(long id) throws NoSuchThingException {
                if (id != MESSAGE) {
                    throw new NoSuchThingException("there is no message " + id);
                }
                return FakeServer.message(id, BOB, Optional.of("hello"));
            }

            public List<Conversations.Participant> participants(Place channel) {
                return List.of(new Conversations.Participant(
                        "Bob", Optional.of("bob"), Optional.of(Contacts.Trust.VERIFIED), 3, 2, 1, Optional.empty()));
            }

            public List<Message> search(Conversations.Search search) {
                return search.seen().has("me", "me/contact:bob")
                        ? List.of(FakeServer.message(MESSAGE, BOB, Optional.of(search.words())))
                        : List.of();
            }

            public boolean paysForReading(Place place) {
                return place.direct() && paysForReading;
            }

            public void read(Place place, long upTo) {
                marked.add(place.name() + " " + upTo);
            }

            public Conversation get(Place place) {
                return conversation(place.persona().orElseThrow(), place.direct(), place.name());
            }

            public Receipt edit(long id, String text, Messages.Alongside alongside) throws PartylineException {
                return remark("edit " + id + " " + text, id + 1, alongside);
            }

            public Receipt react(long id, String reaction, Messages.Alongside alongside) throws PartylineException {
                return remark(id + " " + reaction, id + 1, alongside);
            }

            private Receipt remark(String what, long number, Messages.Alongside alongside) throws PartylineException {
                Receipt receipt = receipt(number, Optional.empty());
                store.<Void, PartylineException>transact(tx -> {
                    alongside.store(tx, receipt);
                    tx.put(MESSAGES, what.getBytes(UTF_8), new byte[0], new byte[1], null);
                    return null;
                });
                reactions.add(what);
                return receipt;
            }
        });
    }

    private static Message message(long id, Place place, Optional<String> text) {
        return new Message(
                id,
                place.persona().orElseThrow(),
                place.direct(),
                place.name(),
                false,
                "Bob",
                false,
                false,
                text,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                OptionalInt.empty(),
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Messages.Remarks.NONE,
                Optional.empty(),
                Messages.Doubt.NONE,
                OptionalInt.empty());
    }

    @Override
    public Contacts contacts() {
        return service(Contacts.class, new Object() {
            public String safetyNumber(Optional<String> persona, String name) {
                return "12345 ".repeat(12).strip();
            }

            public List<Contact> listAll() {
                return List.of(get(Optional.of("me"), "bob"), get(Optional.of("work"), "bob"));
            }

            public Contact add(Optional<String> persona, String card, Optional<String> name) {
                added.add(card);
                return get(Optional.of(persona.orElse("me")), name.orElse("nickname"));
            }

            public Contact get(Optional<String> persona, String name) {
                return new Contact(
                        persona.orElseThrow(),
                        name,
                        Network.REGTEST,
                        Contacts.Trust.UNVERIFIED,
                        true,
                        "0123456789abcdef",
                        Instant.EPOCH,
                        Sessions.State.OPEN,
                        0,
                        Optional.empty(),
                        List.of(),
                        "",
                        Optional.empty(),
                        Sessions.Protection.NONE,
                        false);
            }
        });
    }

    @Override
    public Channels channels() {
        return service(Channels.class, new Object() {
            public String invite(Optional<String> persona, String name) {
                return "plchan1q";
            }

            public Channels.Terms terms(Channels.Join join) {
                return new Channels.Terms("lobby", Optional.empty(), kdf);
            }

            public Channels.Channel join(Channels.Join join, char[] given) {
                passphrase = given;
                String persona = join.persona().orElse("me");
                joined.add(persona + " " + join.nameOrInvite() + " " + new String(given));
                return new Channels.Channel(
                        persona,
                        "lobby",
                        Network.REGTEST,
                        join.mode(),
                        Optional.empty(),
                        kdf,
                        0,
                        0,
                        Optional.empty(),
                        List.of());
            }
        });
    }

    /** Each sent message is an event, alternately of the channel and of a contact. */
    @Override
    public Events events() {
        return service(Events.class, new Object() {
            public List<Event> after(long cursor, int most, Conversations.Selection seen) throws Exception {
                if (cursor > sent.size()) {
                    throw new NoSuchThingException("there is no event " + cursor);
                }
                List<Event> after = new ArrayList<>();
                for (long next = cursor + 1; next <= sent.size() && after.size() < most; next++) {
                    String place = next % 2 == 0 ? "me/channel:lobby" : "me/contact:bob";
                    if (seen.has("me", place)) {
                        after.add(event(next, Type.STATE, Optional.of(place)));
                    }
                }
                if (after.size() < most) {
                    after.add(event(sent.size(), Type.CAUGHT_UP, Optional.empty()));
                }
                return after;
            }

            public long newest() {
                return sent.size();
            }

            public boolean await(long cursor, Duration most) {
                return cursor < sent.size();
            }

            public long acknowledged(String owner, String consumer) {
                return acknowledged.getOrDefault(owner + "/" + consumer, 0L);
            }

            public long acknowledge(String owner, String consumer, long cursor) {
                acknowledged.put(owner + "/" + consumer, cursor);
                return cursor;
            }
        });
    }

    private static Event event(long cursor, Type type, Optional<String> place) {
        return new Event(
                cursor,
                type,
                place.map(id -> Instant.EPOCH),
                place,
                place.isPresent() ? OptionalLong.of(cursor) : OptionalLong.empty(),
                Optional.empty(),
                place.map(id -> "queued"),
                Optional.empty(),
                OptionalLong.empty());
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public ServerStatus status() {
        return () -> status;
    }

    @Override
    public Vault vault() {
        return service(Vault.class, new Object() {
            public Store.State state() {
                return store.state();
            }

            public void lock() {
                store.lock();
            }
        });
    }

    @Override
    public Nodes nodes() {
        return service(Nodes.class, new Object() {
            public List<Nodes.Node> list() {
                return nodes;
            }

            public List<Nodes.Sighting> sightings() {
                return List.of(sighting(1), sighting(2));
            }

            private Nodes.Sighting sighting(int number) {
                byte[] payload = new byte[80];
                payload[0] = 2;
                payload[8] = (byte) number;
                return new Nodes.Sighting(Network.REGTEST, TxId.of("ab".repeat(32)), payload, false, Instant.EPOCH);
            }
        });
    }

    @Override
    public Personas personas() {
        return service(Personas.class, new Object() {
            public List<Personas.Persona> list() {
                return List.of(new Personas.Persona(1, "me", "me", true, "0123456789abcdef", Instant.EPOCH, 3));
            }

            public String card(Optional<String> name, Optional<Network> network) {
                return "plcard1" + name.orElseThrow()
                        + network.map(Network::label).orElse("");
            }
        });
    }

    /** 300 sat were spent an hour ago, and 500 five hours ago. */
    @Override
    public Fees fees() {
        return service(Fees.class, new Object() {
            public List<Fees.FeeStatus> status() {
                FeeRate rate = FeeRate.parse("2");
                return List.of(
                        new Fees.FeeStatus(Network.REGTEST, "core", Optional.of(rate), 2, rate, rate, rate, rate, 300));
            }

            public Fees.Limits limits() {
                return new Fees.Limits(1000, 5000, 0, 9000, 800, 0, 10, false);
            }

            public long spent(String persona, Instant since) {
                Duration ago = Duration.between(since, clock.instant());
                return (ago.toHours() >= 1 ? 300 : 0) + (ago.toHours() >= 5 ? 500 : 0);
            }
        });
    }

    @Override
    public Wallets wallets() {
        return service(Wallets.class, new Object() {
            public List<Wallets.Holding> list() {
                return List.of(
                        new Wallets.Holding("me", "core", Network.REGTEST, Optional.empty(), "it does not answer", ""));
            }

            public Wallets.Address freshAddress(
                    Optional<String> persona, Optional<String> wallet, Optional<String> account) {
                return new Wallets.Address(
                        "bcrt1q", wallet.orElse("core"), Network.REGTEST, persona.orElse("me"), account.orElse(""));
            }
        });
    }

    @Override
    public Suites suites() {
        return service(Suites.class, new Object() {
            public List<Suites.Suite> list() {
                return List.of(new Suites.Suite(
                        "aead",
                        "XCHACHA20_POLY1305",
                        true,
                        true,
                        true,
                        1,
                        "org.partyline.aead",
                        "active",
                        List.of("lobby")));
            }
        });
    }

    /** The examined pictures. */
    final List<String> pictures = new ArrayList<>();

    @Override
    public QrCodes qrCodes() {
        return new QrCodes() {
            @Override
            public List<String> rows(String text) {
                return List.of("10", "01");
            }

            @Override
            public Optional<String> read(byte[] grey, int width) {
                pictures.add(width + " of " + grey.length);
                return grey[0] == 0 ? Optional.of("PLCARD1X") : Optional.empty();
            }
        };
    }

    @Override
    public Optional<Cover> cover() {
        return Optional.empty();
    }

    @Override
    public Optional<LocalWallets> localWallets() {
        return Optional.empty();
    }

    @Override
    public Doctor doctor() {
        return service(Doctor.class, new Object() {
            public List<Finding> examine() {
                looks++;
                onLook.run();
                return findings;
            }
        });
    }
}
