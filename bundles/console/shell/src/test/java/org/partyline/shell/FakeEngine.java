package org.partyline.shell;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.TxId;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.WalletException;

/** The engine's services in memory, with what a test puts there. What is sent arrives at every other persona at once. */
final class FakeEngine {
    static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    static final TxId TXID = TxId.of("1a2b3c4d".repeat(8));
    static final String CARD = "plcard1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l".repeat(4) + "qpzry9x8gf2tvdw0s3";
    static final String SAFETY_NUMBER = "01234 56789 11111 22222 33333 44444 55555 66666 77777 88888 99999 00000";
    static final String ADDRESS = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
    static final String WORDS = "abandon ability able about above absent absorb abstract absurd abuse access accident";
    static final String INVITE = "plchan1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l".repeat(2);

    Store.State state = Store.State.OPEN;
    String passphrase = "correct horse";
    /** The arrays that were handed in: to be wiped by the caller. */
    final List<char[]> secrets = new ArrayList<>();
    /** What they said. */
    final List<String> secretTexts = new ArrayList<>();

    final List<Personas.Persona> personas = new ArrayList<>(List.of(persona(1, "me", true)));
    final List<Channels.Channel> channels = new ArrayList<>();
    final Map<Long, Messages.Outgoing> outbox = new LinkedHashMap<>();
    final Map<Long, Messages.Message> inbox = new LinkedHashMap<>();
    final Map<Long, String> texts = new LinkedHashMap<>();
    final List<Nodes.Node> nodes = new ArrayList<>();
    final List<Contacts.Contact> contacts = new ArrayList<>();
    /** What was asked of sessions, personas and contacts. */
    final List<String> calls = new ArrayList<>();
    /** Looks that a session takes to open. */
    int looks;
    /** What a session becomes then. */
    Sessions.State answer = Sessions.State.OPEN;

    Unattended.Source source = Unattended.Source.KEYRING;

    final List<Backups.Change> changes = new ArrayList<>(List.of(
            new Backups.Change("persona", "me", "kept", "is here already"),
            new Backups.Change("contact", "me/bob", "added", "verified"),
            new Backups.Change("channel", "me/lobby", "renamed", "added as lobby-2")));
    final List<AuditLog.Entry> audited = new ArrayList<>();
    final List<AuditLog.Entry> auditOnFollow = new ArrayList<>();
    final Map<String, Map<String, String>> added = new LinkedHashMap<>();
    final List<Messages.Send> sent = new ArrayList<>();
    final List<Messages.Query> queries = new ArrayList<>();
    final List<String> suiteCalls = new ArrayList<>();
    final List<Consumer<Messages.Event>> followers = new ArrayList<>();
    final Deque<Messages.Event> eventsOnFollow = new ArrayDeque<>();
    final List<Wallets.Holding> holdings = new ArrayList<>();
    int unsubscribed;
    String waits = "";
    Optional<Long> opening = Optional.empty();
    /** The carrier that is set. */
    Messages.Carrier usual = Messages.Carrier.CONFIRM;
    /** Mean of the delay of what is sent. */
    Duration jitter = Duration.ZERO;
    /** What comes of a recall; empty: it works. */
    Optional<Messages.Recalled> recalled = Optional.empty();

    /** What the operator should know of the store. */
    List<String> vaultWarnings = List.of();

    /** Nothing arrives. */
    boolean deaf;

    Messages.State sentState = Messages.State.BROADCAST;

    private static final FeeRate RATE = new FeeRate(500);

    final Vault vault = new Vault() {
        @Override
        public Store.State state() {
            return state;
        }

        @Override
        public void create(char[] given) {
            secret(given);
            state = Store.State.OPEN;
        }

        @Override
        public void unlock(char[] given) throws StoreException {
            secret(given);
            if (!passphrase.equals(new String(given))) {
                throw new WrongPassphraseException();
            }
            state = Store.State.OPEN;
        }

        @Override
        public void unlock(SecretBytes storeKey) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void changePassphrase(char[] old, char[] fresh) throws StoreException {
            secret(old);
            secret(fresh);
            if (!passphrase.equals(new String(old))) {
                throw new WrongPassphraseException();
            }
            passphrase = new String(fresh);
        }

        @Override
        public SecretBytes storeKey(char[] given) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void lock() {
            state = Store.State.LOCKED;
        }

        @Override
        public long collected() {
            return state == Store.State.LOCKED ? 3 : 0;
        }

        @Override
        public long dropped() {
            return dropped;
        }

        @Override
        public List<String> warnings() {
            return vaultWarnings;
        }

        @Override
        public int deriving() {
            return deriving;
        }
    };

    /** Messages that can be sent. */
    int most = Integer.MAX_VALUE;
    /** Bytes of the longest message. */
    int longest = 4096;
    /** Keys that are to be derived. */
    int deriving;

    /** Packets that were dropped while locked. */
    long dropped;

    final Personas personaService = new Personas() {
        @Override
        public List<Persona> list() {
            return List.copyOf(personas);
        }

        @Override
        public Persona current() {
            return personas.stream().filter(Persona::current).findFirst().orElseThrow();
        }

        @Override
        public Persona get(String name) throws NoSuchThingException {
            return personas.stream()
                    .filter(persona -> persona.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no persona '" + name + "': partyline:persona-list shows them"));
        }

        @Override
        public Persona create(String name) {
            Persona made = persona(personas.size() + 1, name, false);
            personas.add(made);
            return made;
        }

        @Override
        public Persona use(String name) throws NoSuchThingException {
            get(name);
            personas.replaceAll(persona ->
                    persona(persona.id(), persona.name(), persona.name().equals(name)));
            return get(name);
        }

        @Override
        public Persona rename(String name, String newName) throws NoSuchThingException {
            Persona before = get(name);
            Persona after = persona(before.id(), newName, before.current());
            personas.set(personas.indexOf(before), after);
            return after;
        }

        @Override
        public String card(Optional<String> name, Optional<Network> network) throws NoSuchThingException {
            get(name.orElseThrow());
            calls.add("card " + name.get()
                    + network.map(where -> " " + where.label()).orElse(""));
            return CARD;
        }

        @Override
        public Rotated rotate(Optional<String> name, boolean compromised) throws NoSuchThingException {
            calls.add("rotate " + name.orElseThrow() + (compromised ? " compromised" : ""));
            Persona before = get(name.get());
            Persona after = new Persona(
                    before.id(), before.name(), before.account(), before.current(), "ffeeddccbbaa9988", NOW, 0);
            return new Rotated(after, List.of("bob"), List.of("carol"));
        }

        @Override
        public void delete(String name) throws NoSuchThingException {
            personas.remove(get(name));
        }
    };

    /** What the invite says of its channel. */
    KdfParameters invited = KdfParameters.ARGON2ID_DEFAULT;
    /** Why nobody should join by it. */
    Optional<String> refusedInvite = Optional.empty();

    /** Of what is sent; 0: not known yet. */
    int packets = 1;

    /** What a message waits for, each time that it is looked at. */
    final Deque<String> reasons = new ArrayDeque<>();

    /** What who has just joined will read. */
    Channels.Reading reading = new Channels.Reading(0, Channels.Look.DONE);

    final Channels channelService = new Channels() {
        @Override
        public List<Channel> list(Optional<String> persona) {
            String whose = persona.orElse(personaService().name());
            return channels.stream()
                    .filter(channel -> channel.persona().equals(whose))
                    .toList();
        }

        @Override
        public List<Channel> listAll() {
            return List.copyOf(channels);
        }

        @Override
        public Channel create(Create request, char[] given) {
            secret(given);
            return add(request.persona(), request.name(), request.mode(), request.carrier(), request.kdf());
        }

        @Override
        public Terms terms(Join request) throws PartylineException {
            if (refusedInvite.isPresent()) {
                throw new NoSuchThingException(refusedInvite.get());
            }
            if (request.nameOrInvite().isEmpty()) {
                throw new NoSuchThingException("a channel's name has 1 to 64 bytes");
            }
            boolean invite = request.nameOrInvite().startsWith("plchan1");
            return new Terms(
                    invite ? "lobby" : request.nameOrInvite(),
                    invite ? Optional.of(Network.EMBEDDED) : request.network(),
                    invite ? invited : request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT));
        }

        @Override
        public Channel join(Join request, char[] given) {
            secret(given);
            String name = request.nameOrInvite().startsWith("plchan1") ? "lobby" : request.nameOrInvite();
            return add(
                    request.persona(),
                    name,
                    request.mode(),
                    request.carrier(),
                    request.nameOrInvite().startsWith("plchan1")
                            ? invited
                            : request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT));
        }

        @Override
        public Reading reading(Optional<String> persona, String name) {
            return reading;
        }

        @Override
        public Channel carrier(Optional<String> persona, String name, Optional<Carrier> carrier)
                throws NoSuchThingException {
            Channel before = list(persona).stream()
                    .filter(channel -> channel.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no channel '" + name + "': partyline:channel-list shows them"));
            Channel after = channel(before.persona(), name, before.mode(), carrier, before.kdf());
            channels.set(channels.indexOf(before), after);
            return after;
        }

        @Override
        public void leave(Optional<String> persona, String name) throws NoSuchThingException {
            if (!channels.removeIf(channel -> channel.name().equals(name))) {
                throw new NoSuchThingException("there is no channel '" + name + "': partyline:channel-list shows them");
            }
        }

        @Override
        public String invite(Optional<String> persona, String name) {
            return INVITE;
        }

        private Personas.Persona personaService() {
            return personas.stream()
                    .filter(Personas.Persona::current)
                    .findFirst()
                    .orElseThrow();
        }

        private Channel add(
                Optional<String> persona, String name, Mode mode, Optional<Carrier> carrier, KdfParameters kdf) {
            Channel made = channel(persona.orElse(personaService().name()), name, mode, carrier, kdf);
            channels.add(made);
            return made;
        }
    };

    final Messages messageService = new Messages() {
        @Override
        public Recalled recall(long id) throws PartylineException {
            Outgoing now = outgoing(id);
            if (recalled.isPresent()) {
                return recalled.get();
            }
            Outgoing after = FakeEngine.outgoing(
                    id,
                    now.persona(),
                    now.channel(),
                    State.RECALLED,
                    "recalled: who has seen it has it",
                    now.carrier());
            outbox.put(id, after);
            return new Recalled(after, 1, 0, 21);
        }

        @Override
        public Receipt send(Send request) throws PartylineException {
            int bytes = request.text().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            if (bytes > longest) {
                throw new PayloadTooLargeException(bytes, longest);
            }
            if (sent.size() >= most) {
                throw new NoSuchThingException("there is no channel 'lobby': partyline:channel-list shows them");
            }
            sent.add(request);
            long id = 100 + sent.size();
            texts.put(id, request.text());
            String from = request.persona().orElse("me");
            Carrier carrier = request.carrier().orElse(usual);
            outbox.put(id, FakeEngine.outgoing(id, from, request.to(), sentState, "", carrier));
            personas.stream()
                    .filter(persona -> !deaf && !persona.name().equals(from))
                    .forEach(persona -> arrive(id + 1000, persona.name(), from, request));
            return new Receipt(id, packets, 80 * packets, Optional.of(41L), opening, NOW, waits, jitter);
        }

        @Override
        public List<Outgoing> outbox(boolean all) {
            return outbox.values().stream()
                    .filter(message -> all || !message.state().isSettled())
                    .toList();
        }

        @Override
        public Outgoing outgoing(long id) throws PartylineException {
            String waitsFor = reasons.poll();
            if (waitsFor != null) {
                return FakeEngine.outgoing(id, "me", "lobby", State.QUEUED, waitsFor);
            }
            return Optional.ofNullable(outbox.get(id))
                    .orElseThrow(() -> new NoSuchThingException("there is no message " + id));
        }

        @Override
        public Outgoing cancel(long id) throws PartylineException {
            Outgoing before = outgoing(id);
            Outgoing after = FakeEngine.outgoing(id, before.persona(), before.channel(), State.RECALLED, "cancelled");
            outbox.put(id, after);
            return after;
        }

        @Override
        public List<Message> messages(Query query) {
            queries.add(query);
            return List.copyOf(inbox.values());
        }

        @Override
        public Message read(long id) throws PartylineException {
            Message message = Optional.ofNullable(inbox.get(id))
                    .orElseThrow(() -> new NoSuchThingException("there is no message " + id));
            if (message.burn()) {
                inbox.remove(id);
                return withText(message, texts.getOrDefault(id, "burned words"));
            }
            return message;
        }

        @Override
        public AutoCloseable follow(Query query, Consumer<Event> listener) {
            queries.add(query);
            followers.add(listener);
            eventsOnFollow.forEach(listener);
            return () -> {
                followers.remove(listener);
                unsubscribed++;
            };
        }

        @Override
        public List<Inspection> inspect(String txidOrHex) {
            return List.of(
                    new Inspection(
                            0,
                            80,
                            "a packet of channel lobby",
                            Optional.of("lobby"),
                            Optional.of("{\"version\":2,\"msg_type\":\"TEXT\",\"timestamp\":1795569355,"
                                    + "\"cipher_suite\":\"XCHACHA20_POLY1305\",\"nonce\":\"00\",\"payload\":\"11\","
                                    + "\"tag\":\"22\"}")),
                    new Inspection(1, 64, "a stranger's, or a decoy", Optional.empty(), Optional.empty()));
        }
    };

    final List<Suites.Suite> moreSuites = new ArrayList<>();
    final Suites suiteService = new Suites() {
        @Override
        public List<Suite> list() {
            List<Suite> all = new ArrayList<>(List.of(
                    new Suite(
                            "aead",
                            "XCHACHA20_POLY1305",
                            true,
                            true,
                            true,
                            1,
                            "org.partyline.aead-xchacha20poly1305 0.1.0",
                            "active",
                            List.of("lobby")),
                    new Suite("aead", "AES_256_GCM", false, true, true, 2, "", "absent", List.of()),
                    new Suite(
                            "aead",
                            "AES_256_EAX",
                            true,
                            true,
                            false,
                            0,
                            "org.partyline.aead-aes256eax 0.1.0",
                            "active",
                            List.of()),
                    new Suite(
                            "kdf",
                            "ARGON2ID",
                            true,
                            false,
                            true,
                            0,
                            "org.partyline.kdf-argon2id 0.1.0",
                            "active",
                            List.of("lobby"))));
            all.addAll(moreSuites);
            return all;
        }

        @Override
        public KdfParameters derivation(
                Optional<String> name,
                Optional<Integer> timeCost,
                Optional<Integer> memory,
                Optional<Integer> parallelism)
                throws NoSuchThingException {
            String wanted = name.orElse("ARGON2ID").toUpperCase(Locale.ROOT).replace('-', '_');
            KdfParameters usual = KdfParameters.defaults(KdfId.PROTOCOL.stream()
                    .filter(id -> id.name().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no key derivation '" + name.get() + "': take one of ARGON2ID, SCRYPT")));
            try {
                return KdfLimits.parameters(
                        usual.id(),
                        timeCost.orElse(usual.timeCost()),
                        memory.orElse(usual.memory()),
                        parallelism.orElse(usual.parallelism()));
            } catch (IllegalArgumentException e) {
                throw new NoSuchThingException(e.getMessage());
            }
        }

        @Override
        public void prefer(List<String> names) {
            suiteCalls.add("prefer " + names);
        }

        @Override
        public void allow(String name) {
            suiteCalls.add("allow " + name);
        }

        @Override
        public void deny(String name) {
            suiteCalls.add("deny " + name);
        }
    };

    /** What was asked whether it would do. */
    final List<Map<String, String>> checked = new ArrayList<>();
    /** What the next checks of a node say; empty: it would do. */
    final Deque<String> nodeRefusals = new ArrayDeque<>();
    /** What happens while a node is asked. */
    Runnable onNodeCheck = () -> {};
    /** Why no node can be added; empty: it can. */
    Optional<String> refusedNode = Optional.empty();

    final Nodes nodeService = new Nodes() {
        @Override
        public List<Node> list() {
            return List.copyOf(nodes);
        }

        @Override
        public Node get(String name) throws PartylineException {
            return nodes.stream()
                    .filter(node -> node.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no node '" + name + "': partyline:node-list shows them"));
        }

        @Override
        public void check(String name, String type, Map<String, String> settings) throws PartylineException {
            checked.add(settings);
            onNodeCheck.run();
            if (!nodeRefusals.isEmpty()) {
                String refusal = nodeRefusals.remove();
                if (!refusal.isEmpty()) {
                    throw new PartylineException(refusal);
                }
            }
        }

        @Override
        public void add(String name, String type, Map<String, String> settings) throws PartylineException {
            if (refusedNode.isPresent()) {
                throw new NoSuchThingException(refusedNode.get());
            }
            added.put(name + " " + type, settings);
            nodes.add(node(name, type));
        }

        @Override
        public void remove(String name) throws PartylineException {
            nodes.remove(get(name));
        }

        @Override
        public void pause(String name) throws PartylineException {
            get(name);
        }

        @Override
        public void resume(String name) throws PartylineException {
            get(name);
        }
    };

    final Map<Fees.Cap, Long> caps = new EnumMap<>(Fees.Cap.class);
    boolean mainnetAccepted;
    final Fees feeService = new Fees() {
        @Override
        public List<FeeStatus> status() {
            return List.of(new Fees.FeeStatus(
                    Network.EMBEDDED,
                    "embedded",
                    Optional.empty(),
                    6,
                    new FeeRate(100),
                    new FeeRate(100),
                    new FeeRate(50_000),
                    RATE,
                    101));
        }

        @Override
        public Limits limits() {
            return new Limits(
                    caps.getOrDefault(Cap.MESSAGE, 20_000L),
                    caps.getOrDefault(Cap.HOUR, 50_000L),
                    120,
                    caps.getOrDefault(Cap.DAY, 200_000L),
                    4_300,
                    20,
                    mainnetAccepted);
        }

        @Override
        public void limit(Cap cap, long satoshi) throws PartylineException {
            if (satoshi < 1) {
                throw new NoSuchThingException("a cap is 1sat to 100000000sat, not " + satoshi + "sat");
            }
            caps.put(cap, satoshi);
        }

        @Override
        public void acceptMainnet() {
            mainnetAccepted = true;
        }
    };

    final List<String> accountsLookedFor = new ArrayList<>();

    final Wallets walletService = new Wallets() {
        @Override
        public List<String> accounts() {
            return personas.stream().map(Personas.Persona::account).toList();
        }

        @Override
        public List<Holding> list() {
            if (!holdings.isEmpty()) {
                return List.copyOf(holdings);
            }
            return personas.stream()
                    .map(persona -> new Holding(
                            persona.name(),
                            "embedded",
                            Network.EMBEDDED,
                            Optional.of(new AccountStatus(
                                    persona.account(),
                                    100_000_000,
                                    5_000,
                                    0,
                                    List.of(new AccountStatus.Coin(TXID + ":0", 100_000_000, 7)))),
                            "",
                            ""))
                    .toList();
        }

        @Override
        public Address freshAddress(Optional<String> persona, Optional<String> wallet, Optional<String> account) {
            return new Address(
                    "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
                    "embedded",
                    Network.EMBEDDED,
                    persona.orElse("me"),
                    account.orElse(""));
        }
    };

    /** Whose key the next card that is added shows, too. */
    List<String> sharing = List.of();

    final List<Contacts.Waiting> waiting = new ArrayList<>();

    final Contacts contactService = new Contacts() {
        @Override
        public List<Contact> list(Optional<String> persona) {
            String whose = persona.orElse("me");
            return contacts.stream()
                    .filter(contact -> contact.persona().equals(whose))
                    .toList();
        }

        @Override
        public List<Contact> listAll() {
            return List.copyOf(contacts);
        }

        @Override
        public Contact get(Optional<String> persona, String name) throws NoSuchThingException {
            return list(persona).stream()
                    .filter(contact -> contact.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchThingException(
                            "there is no contact '" + name + "': partyline:contact-list shows them"));
        }

        @Override
        public Contact add(Optional<String> persona, String card, Optional<String> name) throws NoSuchThingException {
            if (!card.equals(CARD)) {
                throw new NoSuchThingException("this is not a contact card: copy it again, whole");
            }
            Contact made = contact(persona.orElse("me"), name.orElse("dave"), Trust.UNVERIFIED, Sessions.State.NONE);
            contacts.add(with(made, sharing, ""));
            return contacts.get(contacts.size() - 1);
        }

        @Override
        public String safetyNumber(Optional<String> persona, String name) throws NoSuchThingException {
            get(persona, name);
            return SAFETY_NUMBER;
        }

        @Override
        public Contact verify(Optional<String> persona, String name, boolean same) throws NoSuchThingException {
            calls.add("verify " + name + " " + same);
            Contact before = get(persona, name);
            return replace(
                    before,
                    contact(
                            before.persona(),
                            before.name(),
                            same ? Trust.VERIFIED : Trust.UNVERIFIED,
                            before.session()));
        }

        @Override
        public Contact rename(Optional<String> persona, String name, String newName) throws NoSuchThingException {
            Contact before = get(persona, name);
            return replace(before, contact(before.persona(), newName, before.trust(), before.session()));
        }

        @Override
        public Contact setAccount(Optional<String> persona, String name, String account) throws NoSuchThingException {
            calls.add("account " + name + " " + account);
            Contact before = get(persona, name);
            return replace(before, with(before, before.sharing(), account));
        }

        @Override
        public List<Waiting> waiting(Optional<String> persona) {
            return waiting.stream()
                    .filter(one -> one.persona().equals(persona.orElse("me")))
                    .toList();
        }

        @Override
        public void remove(Optional<String> persona, String name) throws NoSuchThingException {
            contacts.remove(get(persona, name));
        }

        private Contact replace(Contact before, Contact after) {
            contacts.set(contacts.indexOf(before), after);
            return after;
        }
    };

    final Sessions sessionService = new Sessions() {
        @Override
        public Session open(Optional<String> persona, String contact) throws PartylineException {
            calls.add("open " + contact);
            Contacts.Contact with = contactService.get(persona, contact);
            return session(with, with.session() == State.OPEN ? State.OPEN : State.OPENING);
        }

        @Override
        public List<Session> list(Optional<String> persona) throws PartylineException {
            List<Session> sessions = new ArrayList<>();
            for (Contacts.Contact contact : contactService.list(persona)) {
                if (contact.session() == State.OPEN) {
                    sessions.add(session(contact, State.OPEN));
                } else if (calls.contains("open " + contact.name())) {
                    sessions.add(session(contact, looks-- > 0 ? State.OPENING : answer));
                }
            }
            return sessions;
        }

        @Override
        public Session close(Optional<String> persona, String contact) throws PartylineException {
            calls.add("close " + contact);
            return session(contactService.get(persona, contact), State.CLOSED);
        }
    };

    /** Those that were looked into. */
    final List<Path> backupFiles = new ArrayList<>();

    final Backups backupService = new Backups() {
        @Override
        public Summary exportTo(Path file, char[] given) {
            secret(given);
            calls.add("export " + file.getFileName());
            return new Summary(file, 12_345, 2, 3, 1);
        }

        @Override
        public Preview preview(Path file, char[] given) throws PartylineException {
            secret(given);
            backupFiles.add(file);
            calls.add("preview " + file.getFileName());
            if (!passphrase.equals(new String(given))) {
                throw new NoSuchThingException("the passphrase is not that of the backup: try again");
            }
            return new Preview(NOW, changes);
        }

        @Override
        public Preview importFrom(Path file, char[] given) {
            secret(given);
            calls.add("import " + file.getFileName());
            return new Preview(NOW, changes);
        }
    };

    final AuditLog auditLog = new AuditLog() {
        @Override
        public void record(String event, String detail) {
            audited.add(new Entry(NOW, event, detail));
        }

        @Override
        public List<Entry> newest(int most) {
            return audited.subList(Math.max(0, audited.size() - most), audited.size());
        }

        @Override
        public AutoCloseable follow(Consumer<Entry> listener) {
            auditOnFollow.forEach(listener);
            return () -> unsubscribed++;
        }
    };

    final Unattended unattendedService = new Unattended() {
        @Override
        public Status status() {
            return new Status(
                    source,
                    List.of(
                            new Place(Source.KEYRING, true, source == Source.KEYRING, ""),
                            new Place(Source.FILE, true, source == Source.FILE, ""),
                            new Place(Source.CREDENTIAL, false, false, "the service manager gives no credentials")),
                    source == Source.ASK ? "" : "it opened the store");
        }

        @Override
        public void moveTo(Source place, char[] given) throws StoreException {
            vault.unlock(given);
            source = place;
        }

        @Override
        public void ask(char[] given) throws StoreException {
            vault.unlock(given);
            source = Source.ASK;
        }
    };

    final List<Cover.Status> cover = new ArrayList<>();

    final Cover coverService = new Cover() {
        @Override
        public Status start(Optional<String> persona, Duration mean, long budget) {
            calls.add("cover " + persona.orElse("me") + " " + mean + " " + budget);
            Status started = cover(persona.orElse("me"), true, "", mean, budget);
            cover.removeIf(status -> status.persona().equals(started.persona()));
            cover.add(started);
            return started;
        }

        @Override
        public Status stop(Optional<String> persona) {
            Status stopped = cover(persona.orElse("me"), false, "", Duration.ofMinutes(10), 20_000);
            cover.removeIf(status -> status.persona().equals(stopped.persona()));
            cover.add(stopped);
            return stopped;
        }

        @Override
        public List<Status> status() {
            return List.copyOf(cover);
        }
    };

    /** What the first message of a rolling conversation costs. */
    long first = 21;

    Privacy.Covered covered = Privacy.Covered.WHOLE;

    Optional<Privacy.Profile> profile = Optional.of(Privacy.Profile.BALANCED);

    final Privacy privacyService = new Privacy() {
        @Override
        public Optional<Profile> current() {
            return profile;
        }

        @Override
        public Preview preview(Profile wanted) {
            boolean same = profile.equals(Optional.of(wanted));
            boolean maximum = wanted == Profile.MAXIMUM;
            String now = same && maximum ? "true" : "false";
            return new Preview(
                    wanted,
                    List.of(
                            new Setting(
                                    "jitter",
                                    same ? "2m" : "auto",
                                    maximum || same ? "2m" : "0s",
                                    "when a message leaves tells little of when it was written"),
                            new Setting("send-receipts", "false", "false", "receipts tell that you are there"),
                            new Setting(
                                    "proxy-required",
                                    now,
                                    maximum ? "true" : now,
                                    "nothing leaves this machine but through the proxy")),
                    Optional.of(21L),
                    Optional.of(wanted == Profile.ECONOMY ? first : 21L),
                    Optional.of(maximum ? 3_024L : 0L),
                    maximum ? 4_500 : 0,
                    maximum ? covered : Covered.WHOLE);
        }

        @Override
        public Preview apply(Profile wanted) {
            Preview before = preview(wanted);
            calls.add("privacy " + wanted);
            profile = Optional.of(wanted);
            return before;
        }
    };

    /** What the wallets say, one after another; the last one for ever. */
    final Deque<LocalWallets.Progress> readings = new ArrayDeque<>();

    final Map<String, String> labels = new LinkedHashMap<>();

    final LocalWallets localWalletService = new LocalWallets() {
        @Override
        public List<Progress> list() {
            if (readings.isEmpty()) {
                return List.of();
            }
            return List.of(readings.size() > 1 ? readings.remove() : readings.peek());
        }

        @Override
        public char[] create(Network network, int words) throws WalletException {
            if (words != 12 && words != 24) {
                throw new WalletException("a wallet has 12, 15, 18, 21 or 24 words, not " + words);
            }
            calls.add("wallet " + network.label() + " " + words);
            readings.clear();
            readings.add(reading(network, -1, -1));
            char[] made = WORDS.toCharArray();
            secret(made);
            return made;
        }

        @Override
        public void restore(Network network, char[] words, Optional<Instant> birthday, List<String> accounts)
                throws WalletException {
            accountsLookedFor.addAll(accounts);
            secret(words);
            if (new String(words).startsWith("wrong")) {
                throw new WalletException("word 1 is not in the list of BIP39: look at its spelling");
            }
            calls.add("restore " + network.label()
                    + birthday.map(day -> " " + day).orElse(""));
            if (readings.isEmpty()) {
                readings.add(reading(network, 0, -1));
            }
        }

        @Override
        public char[] words(Network network) {
            char[] words = WORDS.toCharArray();
            secret(words);
            return words;
        }

        @Override
        public void rescan(Network network, Optional<Instant> since) {
            calls.add("rescan " + network.label() + since.map(day -> " " + day).orElse(""));
        }

        @Override
        public void label(Network network, String address, String label) throws WalletException {
            if (!address.endsWith("x") && !address.endsWith("0")) {
                throw new WalletException("that address is not of wallet local");
            }
            if (label.isEmpty()) {
                labels.remove(address);
            } else {
                labels.put(address, label);
            }
        }

        @Override
        public Map<String, String> labels(Network network) {
            return new LinkedHashMap<>(labels);
        }
    };

    static LocalWallets.Progress reading(Network network, int height, int tip) {
        return new LocalWallets.Progress(
                "local", network, tip < 0 ? Optional.empty() : Optional.of("home"), 0, height, tip);
    }

    static Cover.Status cover(String persona, boolean running, String problem, Duration mean, long budget) {
        return new Cover.Status(
                persona,
                running,
                problem,
                mean,
                budget,
                1_234,
                running ? Optional.of(NOW.plusSeconds(95)) : Optional.empty(),
                12,
                58);
    }

    Engine engine() {
        return new Engine(
                vault,
                personaService,
                channelService,
                messageService,
                suiteService,
                nodeService,
                feeService,
                walletService,
                contactService,
                sessionService,
                backupService,
                auditLog,
                unattendedService,
                coverService,
                privacyService,
                localWalletService);
    }

    /** One persona, one channel, one node, a few messages. */
    static FakeEngine furnished() {
        FakeEngine fake = new FakeEngine();
        fake.nodes.add(node("embedded", "embedded"));
        fake.channels.add(channel("me", "lobby", Channels.Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        fake.inbox.put(1L, message(1, "bob", Optional.of("Hello there"), false));
        fake.inbox.put(2L, message(2, "bob", Optional.empty(), true));
        fake.outbox.put(3L, outgoing(3, "me", "lobby", Messages.State.CONFIRMED, ""));
        fake.outbox.put(4L, outgoing(4, "me", "lobby", Messages.State.QUEUED, "it waits for a node"));
        fake.contacts.add(contact("me", "bob", Contacts.Trust.VERIFIED, Sessions.State.OPEN));
        fake.contacts.add(contact("me", "carol", Contacts.Trust.UNVERIFIED, Sessions.State.NONE));
        fake.contacts.add(contact("me", "erin", Contacts.Trust.ROTATED, Sessions.State.OPENING));
        fake.inbox.put(5L, direct(5, "carol", "Hello from Carol", false, Optional.of("carol")));
        fake.inbox.put(
                6L, direct(6, "erin", "erin has new keys: the old ones were compromised", true, Optional.empty()));
        fake.outbox.put(7L, outgoing(7, "me", true, "carol", "handshake", Messages.State.SEEN, ""));
        fake.outbox.put(8L, outgoing(8, "me", "lobby", Messages.State.SEEN, "", Messages.Carrier.ROLLING));
        fake.cover.add(cover("work", true, "", Duration.ofMinutes(10), 20_000));
        fake.readings.add(reading(Network.SIGNET, 120, 450));
        fake.readings.add(reading(Network.SIGNET, 450, 450));
        fake.labels.put(ADDRESS, "From a friend");
        fake.audited.add(new AuditLog.Entry(NOW.minusSeconds(3600), "store-unlocked", "with the passphrase"));
        fake.audited.add(new AuditLog.Entry(
                NOW, "handshake-refused", "contact erin offers AES_256_EAX only, which is forbidden"));
        return fake;
    }

    static Personas.Persona persona(int id, String name, boolean current) {
        return new Personas.Persona(
                id, name, "p" + id, current, "0011223344556677", NOW.minus(Duration.ofDays(3)), 1_234);
    }

    static Contacts.Contact contact(String persona, String name, Contacts.Trust trust, Sessions.State session) {
        return new Contacts.Contact(
                persona,
                name,
                Network.EMBEDDED,
                trust,
                session != Sessions.State.OPENING,
                session != Sessions.State.OPENING ? "8899aabbccddeeff" : "",
                NOW.minusSeconds(7200),
                session,
                session == Sessions.State.NONE ? 1 : 0,
                session == Sessions.State.OPEN ? Optional.of(NOW.minusSeconds(30)) : Optional.empty(),
                List.of(),
                "");
    }

    static Contacts.Contact with(Contacts.Contact contact, List<String> sharing, String account) {
        return new Contacts.Contact(
                contact.persona(),
                contact.name(),
                contact.network(),
                contact.trust(),
                contact.card(),
                contact.senderId(),
                contact.added(),
                contact.session(),
                contact.unread(),
                contact.lastMessage(),
                sharing,
                account);
    }

    static Sessions.Session session(Contacts.Contact contact, Sessions.State state) {
        boolean open = state == Sessions.State.OPEN;
        return new Sessions.Session(
                contact.persona(),
                contact.name(),
                state,
                true,
                open ? Optional.of("XCHACHA20_POLY1305") : Optional.empty(),
                NOW.minusSeconds(3900),
                open ? 12 : 0,
                open ? 9 : 0,
                open ? Optional.of(NOW.minusSeconds(600)) : Optional.empty(),
                open);
    }

    static Messages.Message direct(long id, String contact, String text, boolean notice, Optional<String> signedBy) {
        return new Messages.Message(
                id,
                "me",
                true,
                contact,
                false,
                "a nickname",
                false,
                false,
                Optional.of(text),
                NOW.minusSeconds(60),
                NOW.minusSeconds(58),
                NOW.plusSeconds(3600),
                OptionalInt.of((int) id),
                List.of(TXID),
                OptionalInt.empty(),
                Optional.empty(),
                notice,
                signedBy);
    }

    static Channels.Channel channel(String persona, String name, Channels.Mode mode, KdfParameters kdf) {
        return channel(persona, name, mode, Optional.empty(), kdf);
    }

    private static Channels.Channel channel(
            String persona, String name, Channels.Mode mode, Optional<Carrier> carrier, KdfParameters kdf) {
        return new Channels.Channel(
                persona, name, Network.EMBEDDED, mode, carrier, kdf, 20781, 2, Optional.of(NOW), List.of("bob"));
    }

    static Nodes.Node node(String name, String type) {
        NodeStatus status = new NodeStatus(
                NodeStatus.State.READY,
                "",
                "/Embedded:0.1/",
                Optional.of(new BlockRef(123, TXID, NOW)),
                4,
                Optional.of(Duration.ofMillis(2)),
                "direct");
        RelayPolicy policy = new RelayPolicy(80, 1, 83, new FeeRate(100), new FeeRate(100));
        return new Nodes.Node(name, type, Network.EMBEDDED, false, status, policy, 1234, 5);
    }

    static Messages.Message message(long id, String sender, Optional<String> text, boolean burn) {
        return message(id, "me", sender, text, burn);
    }

    private static Messages.Message message(
            long id, String persona, String sender, Optional<String> text, boolean burn) {
        return new Messages.Message(
                id,
                persona,
                false,
                "lobby",
                false,
                sender,
                false,
                burn,
                text,
                NOW.minusSeconds(60),
                NOW.minusSeconds(58),
                NOW.plusSeconds(3600),
                OptionalInt.of((int) id),
                List.of(TXID),
                OptionalInt.empty(),
                Optional.empty(),
                false,
                Optional.empty());
    }

    private static Messages.Message withText(Messages.Message message, String text) {
        return message(message.id(), message.persona(), message.sender(), Optional.of(text), message.burn());
    }

    static Messages.Outgoing outgoing(long id, String persona, String channel, Messages.State state, String reason) {
        return outgoing(id, persona, false, channel, "message", state, reason);
    }

    static Messages.Outgoing outgoing(
            long id, String persona, String channel, Messages.State state, String reason, Messages.Carrier carrier) {
        return outgoing(id, persona, false, channel, "message", state, reason, carrier);
    }

    static Messages.Outgoing outgoing(
            long id, String persona, boolean direct, String channel, String kind, Messages.State state, String reason) {
        return outgoing(id, persona, direct, channel, kind, state, reason, Messages.Carrier.CONFIRM);
    }

    private static Messages.Outgoing outgoing(
            long id,
            String persona,
            boolean direct,
            String channel,
            String kind,
            Messages.State state,
            String reason,
            Messages.Carrier carrier) {
        boolean left =
                state == Messages.State.BROADCAST || state == Messages.State.SEEN || state == Messages.State.CONFIRMED;
        List<Messages.Part> parts =
                left ? List.of(new Messages.Part(80, state, Optional.of(TXID), 202, 41, "embedded")) : List.of();
        return new Messages.Outgoing(
                id,
                persona,
                direct,
                channel,
                kind,
                state,
                reason,
                NOW,
                NOW.plusSeconds(3600),
                false,
                kind.equals("message") ? 11 : 0,
                parts,
                carrier);
    }

    private void arrive(long id, String persona, String from, Messages.Send request) {
        Optional<String> text = request.burn() ? Optional.empty() : Optional.of(request.text());
        Messages.Message message = message(id, persona, from, text, request.burn());
        texts.put(id, request.text());
        inbox.put(id, message);
        List.copyOf(followers)
                .forEach(follower -> follower.accept(new Messages.Event(Optional.of(message), Optional.empty())));
    }

    private void secret(char[] given) {
        secrets.add(given);
        secretTexts.add(new String(given));
    }
}
