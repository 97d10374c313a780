package org.partyline.webapi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Alongside;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.Send;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.store.Store;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

/** The services behind the API in memory, with a channel and a contact; a message is stored in one transaction, as in the real ones. */
final class FakeServer implements Services {
    static final String MESSAGES = "messages";
    /** The message that is there, from a contact. */
    static final long MESSAGE = 7;

    private static final Place BOB = new Place(Optional.of("me"), true, "bob");

    final HandSetClock clock = new HandSetClock();
    final MemoryStore store = MemoryStore.open();
    final List<Send> sent = new ArrayList<>();
    final List<String> marked = new ArrayList<>();
    final List<Long> shown = new ArrayList<>();
    final List<String> reactions = new ArrayList<>();
    final List<Nodes.Node> nodes = new ArrayList<>();
    List<Finding> findings = List.of();
    int looks;
    Optional<Long> fee = Optional.of(200L);
    Optional<Long> openingFee = Optional.empty();
    String status = "{}";
    /** Runs once, before the next message is stored. */
    Optional<Callable<?>> before = Optional.empty();

    private final List<Conversation> conversations = new ArrayList<>(List.of(
            conversation("me", false, "lobby"), conversation("me", true, "bob"), conversation("work", true, "bob")));

    private static Conversation conversation(String persona, boolean direct, String name) {
        return new Conversation(persona, direct, name, 0, OptionalLong.empty(), 0, false, false, Optional.empty(), 0);
    }

    /** What may be called by name here; everything else is not expected. */
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
                    Receipt receipt = receipt(id, Optional.empty());
                    alongside.store(tx, receipt);
                    return receipt;
                });
                sent.add(request);
                return receipt(made.id(), openingFee);
            }

            public Message read(long id) {
                shown.add(id);
                return message(id, BOB, Optional.of("burned by this"));
            }

            public Outgoing outgoing(long id) {
                return new Outgoing(
                        id,
                        BOB.persona().orElseThrow(),
                        BOB.direct(),
                        BOB.name(),
                        "message",
                        Messages.State.SENT,
                        "",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        false,
                        5,
                        List.of(new Messages.Part(
                                80, Messages.State.SENT, Optional.of(TxId.of("ab".repeat(32))), 150, 300, "core")),
                        Messages.Carrier.CONFIRM);
            }

            public Price price(Send request) {
                return new Price(2, 160, fee, 10, List.of("something to know"));
            }
        });
    }

    private Receipt receipt(long id, Optional<Long> opening) {
        return new Receipt(id, 1, 80, fee, opening, Instant.EPOCH, "", Duration.ZERO, 0, List.of());
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

            public void read(Place place, long upTo) {
                marked.add(place.name() + " " + upTo);
            }

            public Conversation get(Place place) {
                return conversation(place.persona().orElseThrow(), place.direct(), place.name());
            }

            public Receipt react(long id, String reaction) {
                reactions.add(id + " " + reaction);
                return receipt(id + 1, Optional.empty());
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
                Optional.empty());
    }

    @Override
    public Contacts contacts() {
        return service(Contacts.class, new Object() {
            public String safetyNumber(Optional<String> persona, String name) {
                return "12345 ".repeat(12).strip();
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
                        "");
            }
        });
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
        });
    }

    @Override
    public Nodes nodes() {
        return service(Nodes.class, new Object() {
            public List<Nodes.Node> list() {
                return nodes;
            }
        });
    }

    @Override
    public Doctor doctor() {
        return service(Doctor.class, new Object() {
            public List<Finding> examine() {
                looks++;
                return findings;
            }
        });
    }
}
