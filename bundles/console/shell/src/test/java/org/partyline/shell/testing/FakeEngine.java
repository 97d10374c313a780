package org.partyline.shell.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Panic;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.log.LogSettings;
import org.partyline.api.packet.PayloadTooLargeException;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.settings.ReceiptMode;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.NodeSettingException;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Engines;
import org.partyline.testkit.MemoryStore;

/** The engine's services in memory, with a test's data. Sent messages arrive at every other persona at once. */
public final class FakeEngine {
    public Store.State state = Store.State.OPEN;
    public String passphrase = "correct horse";
    /** The arrays that were passed in: to be wiped by the caller. */
    public final List<char[]> secrets = new ArrayList<>();
    /** Their content. */
    public final List<String> secretTexts = new ArrayList<>();

    public final FakeWeb web = new FakeWeb();
    public final FakeHooks hooks = new FakeHooks();
    public final List<Personas.Persona> personas = new ArrayList<>(List.of(Samples.persona(1, "me", true)));
    public final List<Channels.Channel> channels = new ArrayList<>();
    public final Map<Long, Messages.Outgoing> outbox = new LinkedHashMap<>();
    /** How often all of it was read. */
    public int outboxReads;

    public final Map<Long, Messages.Message> inbox = new LinkedHashMap<>();
    final Map<Long, String> texts = new LinkedHashMap<>();
    public final List<Nodes.Node> nodes = new ArrayList<>();
    public final List<Contacts.Contact> contacts = new ArrayList<>();
    /** The calls of sessions, personas and contacts. */
    public final List<String> calls = new ArrayList<>();
    /** The number of polls until a session is open. */
    public int looks;
    /** The state of a session after that. */
    public Sessions.State answer = Sessions.State.OPEN;

    public Unattended.Source source = Unattended.Source.KEYRING;

    public final List<Backups.Change> changes = new ArrayList<>(List.of(
            new Backups.Change("persona", "me", "kept", "already exists"),
            new Backups.Change("contact", "me/bob", "added", "verified"),
            new Backups.Change("channel", "me/lobby", "renamed", "added as lobby-2")));
    public final List<AuditLog.Entry> audited = new ArrayList<>();
    public final List<AuditLog.Entry> auditOnFollow = new ArrayList<>();
    public final Map<String, Map<String, String>> added = new LinkedHashMap<>();
    public final List<Messages.Send> sent = new ArrayList<>();
    public final List<Messages.Query> queries = new ArrayList<>();
    public final List<String> suiteCalls = new ArrayList<>();
    public final List<Consumer<Messages.Event>> followers = new ArrayList<>();
    public final Deque<Messages.Event> eventsOnFollow = new ArrayDeque<>();
    public final List<Wallets.Holding> holdings = new ArrayList<>();
    public int unsubscribed;
    public String waits = "";
    /** The suite of inspected packets. */
    public String sealedWith = "XCHACHA20_POLY1305";

    public Optional<Long> opening = Optional.empty();
    /** Satoshi that a message may cost in addition. */
    public long margin;
    /** The warnings for its sender. */
    public List<String> warnings = List.of();
    /** The configured carrier. */
    public Messages.Carrier usual = Messages.Carrier.CONFIRM;
    /** The mean delay of sent messages. */
    public Duration jitter = Duration.ZERO;
    /** The result of a recall; empty if it succeeds. */
    public Optional<Messages.Recalled> recalled = Optional.empty();

    /** The store's warnings for the operator. */
    public List<String> vaultWarnings = List.of();

    /** Whether nothing arrives. */
    public boolean deaf;

    public Messages.State sentState = Messages.State.SENT;

    public final Vault vault = new Vault() {
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
        public void setDuress(char[] given, char[] duress) throws StoreException {
            secret(given);
            secret(duress);
            if (!passphrase.equals(new String(given))) {
                throw new WrongPassphraseException();
            }
            panicked.add("duress set");
        }

        @Override
        public void removeDuress(char[] given) throws StoreException {
            secret(given);
            if (!passphrase.equals(new String(given))) {
                throw new WrongPassphraseException();
            }
            panicked.add("duress removed");
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

    /** The maximum number of messages that can be sent. */
    public int most = Integer.MAX_VALUE;
    /** The maximum length of a message, in bytes. */
    public int longest = 4096;
    /** The number of keys to be derived. */
    public int deriving;

    /** The number of packets dropped while locked. */
    public long dropped;

    public final Personas personaService = new Personas() {
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
                    .orElseThrow(() ->
                            new NoSuchThingException("there is no persona '" + name + "': see partyline:persona-list"));
        }

        @Override
        public Persona create(String name) {
            Persona made = Samples.persona(personas.size() + 1, name, false);
            personas.add(made);
            return made;
        }

        @Override
        public Persona use(String name) throws NoSuchThingException {
            get(name);
            personas.replaceAll(persona ->
                    Samples.persona(persona.id(), persona.name(), persona.name().equals(name)));
            return get(name);
        }

        @Override
        public Persona rename(String name, String newName) throws NoSuchThingException {
            Persona before = get(name);
            Persona after = Samples.persona(before.id(), newName, before.current());
            personas.set(personas.indexOf(before), after);
            return after;
        }

        @Override
        public String card(Optional<String> name, Optional<Network> network) throws NoSuchThingException {
            get(name.orElseThrow());
            calls.add("card " + name.get()
                    + network.map(where -> " " + where.label()).orElse(""));
            return Samples.CARD;
        }

        @Override
        public Rotated rotate(Optional<String> name, boolean compromised) throws NoSuchThingException {
            calls.add("rotate " + name.orElseThrow() + (compromised ? " compromised" : ""));
            Persona before = get(name.get());
            Persona after = new Persona(
                    before.id(), before.name(), before.account(), before.current(), "ffeeddccbbaa9988", Samples.NOW, 0);
            return new Rotated(after, List.of("bob"), List.of("carol"));
        }

        @Override
        public void delete(String name) throws NoSuchThingException {
            personas.remove(get(name));
        }
    };

    /** The invite's parameters of its channel. */
    public KdfParameters invited = KdfParameters.ARGON2ID_DEFAULT;
    /** Why the invite should not be used. */
    public Optional<String> refusedInvite = Optional.empty();

    /** The number of packets of a message; 0 if not known yet. */
    public int packets = 1;

    /** Why a message waits, for each poll. */
    public final Deque<String> reasons = new ArrayDeque<>();

    /** The messages that a new member will be able to read. */
    Channels.Reading reading = new Channels.Reading(0, Channels.Look.DONE);

    public final Channels channelService = new Channels() {
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
                throw new NoSuchThingException("a channel's name must have 1 to 64 bytes");
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
                    .orElseThrow(() ->
                            new NoSuchThingException("there is no channel '" + name + "': see partyline:channel-list"));
            Channel after = Samples.channel(before.persona(), name, before.mode(), carrier, before.kdf());
            channels.set(channels.indexOf(before), after);
            return after;
        }

        @Override
        public void leave(Optional<String> persona, String name) throws NoSuchThingException {
            if (!channels.removeIf(channel -> channel.name().equals(name)
                    && (persona.isEmpty() || channel.persona().equals(persona.get())))) {
                throw new NoSuchThingException("there is no channel '" + name + "': see partyline:channel-list");
            }
        }

        @Override
        public String invite(Optional<String> persona, String name) {
            return Samples.INVITE;
        }

        private Personas.Persona personaService() {
            return personas.stream()
                    .filter(Personas.Persona::current)
                    .findFirst()
                    .orElseThrow();
        }

        private Channel add(
                Optional<String> persona, String name, Mode mode, Optional<Carrier> carrier, KdfParameters kdf) {
            Channel made = Samples.channel(persona.orElse(personaService().name()), name, mode, carrier, kdf);
            channels.add(made);
            return made;
        }
    };

    public final MemoryStore store = MemoryStore.open();

    public final Messages messageService = new Messages() {
        @Override
        public long legacyKept() {
            return 0;
        }

        @Override
        public Recalled recall(long id) throws PartylineException {
            Outgoing now = outgoing(id);
            if (recalled.isPresent()) {
                return recalled.get();
            }
            Outgoing after = Samples.outgoing(
                    id,
                    now.persona(),
                    now.channel(),
                    State.RECALLED,
                    "recalled: anyone who has seen it may still have it",
                    now.carrier());
            outbox.put(id, after);
            return new Recalled(after, 1, 0, 21);
        }

        @Override
        public List<Carrier> carriers() {
            return List.of(Carrier.CONFIRM, Carrier.ROLLING);
        }

        @Override
        public Receipt send(Send request) throws PartylineException {
            int bytes = request.text().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            if (bytes > longest) {
                throw new PayloadTooLargeException(bytes, longest);
            }
            if (sent.size() >= most) {
                throw new NoSuchThingException("there is no channel 'lobby': see partyline:channel-list");
            }
            sent.add(request);
            long id = 100 + sent.size();
            texts.put(id, request.text());
            String from = request.persona().orElse("me");
            Carrier carrier = request.carrier().orElse(usual);
            outbox.put(id, Samples.outgoing(id, from, request.to(), sentState, "", carrier));
            personas.stream()
                    .filter(persona -> !deaf && !persona.name().equals(from))
                    .forEach(persona -> arrive(id + 1000, persona.name(), from, request));
            return new Receipt(
                    id, packets, 80 * packets, Optional.of(41L), opening, Samples.NOW, waits, jitter, margin, warnings);
        }

        @Override
        public Receipt send(Send request, Alongside alongside) throws PartylineException {
            return store.<Receipt, PartylineException>transact(tx -> {
                Receipt receipt = send(request);
                alongside.store(tx, receipt);
                return receipt;
            });
        }

        @Override
        public List<Receipt> sendAgain(Optional<String> persona, String contact) throws PartylineException {
            calls.add("again " + contact);
            return List.of(
                    send(new Send(persona, true, contact, "One", Optional.empty(), false, false)),
                    send(new Send(persona, true, contact, "Two", Optional.empty(), false, false)));
        }

        @Override
        public List<Outgoing> outbox(boolean all) {
            outboxReads++;
            return outbox.values().stream()
                    .filter(message -> all || !message.state().isSettled())
                    .toList();
        }

        @Override
        public List<QueueEntry> queue() {
            return outbox.values().stream()
                    .map(one -> new QueueEntry(one.id(), one.state(), one.reason(), one.queued()))
                    .toList();
        }

        @Override
        public Outgoing outgoing(long id) throws PartylineException {
            String waitsFor = reasons.poll();
            if (waitsFor != null) {
                return Samples.outgoing(id, "me", "lobby", State.QUEUED, waitsFor);
            }
            return Optional.ofNullable(outbox.get(id)).orElseThrow(() -> new NoSuchThingException("message " + id));
        }

        @Override
        public Outgoing cancel(long id) throws PartylineException {
            Outgoing before = outgoing(id);
            Outgoing after = Samples.outgoing(id, before.persona(), before.channel(), State.RECALLED, "cancelled");
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
            Message message =
                    Optional.ofNullable(inbox.get(id)).orElseThrow(() -> new NoSuchThingException("message " + id));
            if (message.burn() && !message.outgoing()) {
                inbox.remove(id);
                return Samples.withText(message, texts.getOrDefault(id, "burned words"));
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
                                    + "\"cipher_suite\":\"" + sealedWith + "\",\"nonce\":\"00\",\"payload\":\"11\","
                                    + "\"tag\":\"22\"}")),
                    new Inspection(1, 64, "a stranger's, or a decoy", Optional.empty(), Optional.empty()));
        }
    };

    public final FakeConversations conversations = new FakeConversations(this);
    public final FakeEvents events = new FakeEvents();

    public final List<Suites.Suite> moreSuites = new ArrayList<>();
    public final Suites suiteService = new Suites() {
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
                            "there is no key derivation '" + name.get() + "': use one of ARGON2ID, SCRYPT")));
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

    /** The node settings that were tested. */
    public final List<Map<String, String>> checked = new ArrayList<>();
    /** The results of the next tests of a node; empty if it is suitable. */
    public final Deque<String> nodeRefusals = new ArrayDeque<>();
    /** Runs while a node is tested. */
    public Runnable onNodeCheck = () -> {};
    /** Why no node can be added; empty if one can. */
    public Optional<String> refusedNode = Optional.empty();

    public final Nodes nodeService = new Nodes() {
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
                    // The setting that it is about may precede it, with a question mark if the error may be temporary.
                    int colon = refusal.indexOf('|');
                    if (colon > 0) {
                        String setting = refusal.substring(0, colon);
                        throw new NodeSettingException(
                                setting.replace("?", ""), !setting.endsWith("?"), refusal.substring(colon + 1), null);
                    }
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
            nodes.add(Samples.node(name, type));
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

    public final Wallets walletService = new Wallets() {
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
                                    List.of(new AccountStatus.Coin(Samples.TXID + ":0", 100_000_000, 7)))),
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

    /** Contacts that share a key with the next card that is added. */
    public List<String> sharing = List.of();

    public final List<Contacts.Waiting> waiting = new ArrayList<>();

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
                    .orElseThrow(() ->
                            new NoSuchThingException("there is no contact '" + name + "': see partyline:contact-list"));
        }

        @Override
        public Contact add(Optional<String> persona, String card, Optional<String> name) throws NoSuchThingException {
            if (!card.equals(Samples.CARD)) {
                throw new NoSuchThingException("this is not a contact card: copy the whole card again");
            }
            Contact made =
                    Samples.contact(persona.orElse("me"), name.orElse("dave"), Trust.UNVERIFIED, Sessions.State.NONE);
            contacts.add(Samples.with(made, sharing, ""));
            return contacts.get(contacts.size() - 1);
        }

        @Override
        public String safetyNumber(Optional<String> persona, String name) throws NoSuchThingException {
            get(persona, name);
            return Samples.SAFETY_NUMBER;
        }

        @Override
        public Contact verify(Optional<String> persona, String name, String number, boolean same)
                throws NoSuchThingException {
            assertEquals(Samples.SAFETY_NUMBER, number);
            calls.add("verify " + name + " " + same);
            Contact before = get(persona, name);
            return replace(
                    before,
                    Samples.contact(
                            before.persona(),
                            before.name(),
                            same ? Trust.VERIFIED : Trust.UNVERIFIED,
                            before.session()));
        }

        @Override
        public Contact rename(Optional<String> persona, String name, String newName) throws NoSuchThingException {
            Contact before = get(persona, name);
            return replace(before, Samples.contact(before.persona(), newName, before.trust(), before.session()));
        }

        @Override
        public Contact setReceipts(Optional<String> persona, String name, ReceiptMode receipts)
                throws NoSuchThingException {
            calls.add("receipts " + name + " " + receipts.label());
            Contact before = get(persona, name);
            Contact after = new Contact(
                    before.persona(),
                    before.name(),
                    before.network(),
                    before.trust(),
                    before.card(),
                    before.senderId(),
                    before.added(),
                    before.session(),
                    before.unread(),
                    before.lastMessage(),
                    before.sharing(),
                    before.account(),
                    Optional.of(receipts),
                    before.protection(),
                    before.requiresPostQuantum());
            return replace(before, after);
        }

        @Override
        public Contact requirePostQuantum(Optional<String> persona, String name, boolean required)
                throws NoSuchThingException {
            calls.add("require post-quantum " + name + " " + required);
            return get(persona, name);
        }

        @Override
        public Contact setAccount(Optional<String> persona, String name, String account) throws NoSuchThingException {
            calls.add("account " + name + " " + account);
            Contact before = get(persona, name);
            return replace(before, Samples.with(before, before.sharing(), account));
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
            return Samples.session(with, with.session() == State.OPEN ? State.OPEN : State.OPENING);
        }

        @Override
        public Session openAgain(Optional<String> persona, String contact) throws PartylineException {
            calls.add("open " + contact + " again");
            return Samples.session(contactService.get(persona, contact), State.OPENING);
        }

        @Override
        public List<Integer> protectionPackets(Optional<String> persona, String contact) {
            return List.of(512, 512, 256, 80);
        }

        @Override
        public Session protect(Optional<String> persona, String contact) throws PartylineException {
            calls.add("protect " + contact);
            Session session = Samples.session(contactService.get(persona, contact), State.OPEN);
            return new Session(
                    session.persona(),
                    session.contact(),
                    session.state(),
                    session.initiator(),
                    session.suite(),
                    session.since(),
                    session.sent(),
                    session.received(),
                    session.lastRekey(),
                    session.rekeying(),
                    session.elsewhere(),
                    new Protection(Optional.empty(), 0, 6));
        }

        @Override
        public List<Session> list(Optional<String> persona) throws PartylineException {
            List<Session> sessions = new ArrayList<>();
            for (Contacts.Contact contact : contactService.list(persona)) {
                if (contact.session() == State.OPEN) {
                    sessions.add(Samples.session(contact, State.OPEN));
                } else if (calls.contains("open " + contact.name())) {
                    sessions.add(Samples.session(contact, looks-- > 0 ? State.OPENING : answer));
                }
            }
            return sessions;
        }

        @Override
        public Session close(Optional<String> persona, String contact) throws PartylineException {
            calls.add("close " + contact);
            return Samples.session(contactService.get(persona, contact), State.CLOSED);
        }
    };

    /** The files that were opened. */
    public final List<Path> backupFiles = new ArrayList<>();

    /** The originals stated for imported backups. */
    public final List<Backups.Original> originals = new ArrayList<>();

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
            return new Preview(Samples.NOW, changes);
        }

        @Override
        public Preview importFrom(Path file, char[] given, Original original) {
            secret(given);
            calls.add("import " + file.getFileName());
            originals.add(original);
            return new Preview(Samples.NOW, changes);
        }

        @Override
        public Taken takeOver() throws PartylineException {
            calls.add("take over");
            return new Taken(List.of("me"), 2);
        }
    };

    final AuditLog auditLog = new AuditLog() {
        @Override
        public void record(String event, String detail) {
            audited.add(new Entry(Samples.NOW, event, detail));
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
                            new Place(Source.CREDENTIAL, false, false, "the service manager provides no credentials")),
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

    public final List<Cover.Status> cover = new ArrayList<>();

    final Cover coverService = new Cover() {
        @Override
        public Status start(Optional<String> persona, Duration mean, long budget) {
            calls.add("cover " + persona.orElse("me") + " " + mean + " " + budget);
            Status started = Samples.cover(persona.orElse("me"), true, "", mean, budget);
            cover.removeIf(status -> status.persona().equals(started.persona()));
            cover.add(started);
            return started;
        }

        @Override
        public Status stop(Optional<String> persona) {
            Status stopped = Samples.cover(persona.orElse("me"), false, "", Duration.ofMinutes(10), 20_000);
            cover.removeIf(status -> status.persona().equals(stopped.persona()));
            cover.add(stopped);
            return stopped;
        }

        @Override
        public List<Status> status() {
            return List.copyOf(cover);
        }
    };

    public final FakeFees fees = new FakeFees();
    public final FakePrivacy privacy = new FakePrivacy(calls);
    public final FakeConfigurations configurations = new FakeConfigurations();
    /** The doctor's findings. */
    public List<Finding> findings = new ArrayList<>(List.of(
            Finding.ok("store", "the store is open"),
            Finding.warning("backup", "the newest backup is 40 days old", "partyline:backup-export FILE"),
            Finding.unsafe("process", "core-dumps: on", "ulimit -c 0")));

    /** The requested actions. */
    public final List<String> panicked = new ArrayList<>();

    /** Whether something cannot be erased. */
    public boolean stuck;

    /** Bundles that store data and are not running. */
    public List<String> away = List.of();

    final Panic panic = new Panic() {
        @Override
        public Report lock(String mark) {
            panicked.add("lock " + mark);
            return new Report(List.of(
                    new Step("cover traffic", true, "stopped"),
                    new Step("keys", true, "erased; packets are collected until the store is opened"),
                    new Step("consoles", true, "2 closed")));
        }

        @Override
        public Report erase() {
            panicked.add("erase");
            return new Report(List.of(
                    new Step("keys in memory", true, "erased"),
                    new Step("store", true, ""),
                    stuck
                            ? new Step("backups", false, "not erased: /backup; delete by hand")
                            : new Step("backups", true, "")));
        }

        @Override
        public List<String> away() {
            return away;
        }

        @Override
        public void end() {
            panicked.add("end");
        }

        @Override
        public Report move() {
            panicked.add("move");
            return new Report(List.of(
                    new Step("keys of me", true, "changed; told: bob"),
                    new Step("channels", true, "2 start new chains"),
                    new Step("privacy", true, "maximum")));
        }

        @Override
        public void shred(Kind kind, Optional<String> persona, String name) {
            panicked.add("shred " + kind.word() + " " + persona.orElse("-") + " " + name);
        }
    };

    final Doctor doctor = new Doctor() {
        @Override
        public List<Finding> examine() {
            return List.copyOf(findings);
        }

        @Override
        public Optional<Look> newest() {
            return Optional.empty();
        }
    };
    /** The levels of bundles with their own. */
    public final Map<String, LogSettings.Level> levels = new java.util.TreeMap<>();

    /** The format of the log's lines. */
    public LogSettings.Format logFormat = LogSettings.Format.TEXT;

    private final LogSettings log = new LogSettings() {
        @Override
        public Level standard() {
            return Level.INFO;
        }

        @Override
        public List<Entry> entries() {
            return Stream.of("vault", "transport-rpc")
                    .map(name -> new Entry(
                            name,
                            "org.partyline." + name.replace("-", ""),
                            levels.getOrDefault(name, Level.INFO),
                            levels.containsKey(name)))
                    .toList();
        }

        @Override
        public void set(String bundle, Level level) throws PartylineException {
            known(bundle);
            levels.put(bundle, level);
        }

        @Override
        public void reset(String bundle) throws PartylineException {
            known(bundle);
            levels.remove(bundle);
        }

        private void known(String bundle) throws PartylineException {
            if (entries().stream().noneMatch(entry -> entry.bundle().equals(bundle))) {
                throw new PartylineException("there is no bundle '" + bundle + "' whose level can be set");
            }
        }

        @Override
        public Format format() {
            return logFormat;
        }

        @Override
        public void format(Format format) {
            logFormat = format;
        }
    };
    public final FakeLocalWallets localWallets = new FakeLocalWallets(calls, this::secret);

    /** The third-party bundles. */
    public final List<ForeignBundles.ForeignBundle> foreign = new ArrayList<>();
    /** The invalid lines in the list of allowed bundles. */
    public List<String> allowListProblems = List.of();

    private final ForeignBundles foreignBundles = new ForeignBundles() {
        @Override
        public List<ForeignBundle> list() {
            return List.copyOf(foreign);
        }

        @Override
        public String allowList() {
            return "/home/etc/allowed-bundles";
        }

        @Override
        public List<String> problems() {
            return allowListProblems;
        }
    };

    public Engine engine() {
        return engineWithout();
    }

    /** Returns an engine without these services. */
    public Engine engineWithout(Class<?>... away) {
        List<Object> services = List.of(
                vault,
                personaService,
                channelService,
                messageService,
                conversations,
                events,
                suiteService,
                nodeService,
                fees,
                walletService,
                contactService,
                sessionService,
                backupService,
                auditLog,
                unattendedService,
                coverService,
                privacy,
                doctor,
                configurations,
                log,
                panic,
                localWallets,
                foreignBundles,
                web,
                store,
                hooks);
        return Engines.of(type -> services.stream()
                .filter(type::isInstance)
                .filter(service -> Stream.of(away).noneMatch(gone -> gone.isInstance(service)))
                .findFirst()
                .orElse(null));
    }

    /** Returns one with a persona, a channel, a node and a few messages. */
    public static FakeEngine furnished() {
        FakeEngine fake = new FakeEngine();
        fake.nodes.add(Samples.node("embedded", "embedded"));
        fake.channels.add(Samples.channel("me", "lobby", Channels.Mode.RATCHET, KdfParameters.ARGON2ID_DEFAULT));
        fake.inbox.put(1L, Samples.message(1, "bob", Optional.of("Hello there"), false));
        fake.inbox.put(2L, Samples.message(2, "bob", Optional.empty(), true));
        fake.outbox.put(3L, Samples.outgoing(3, "me", "lobby", Messages.State.CONFIRMED, ""));
        fake.outbox.put(4L, Samples.outgoing(4, "me", "lobby", Messages.State.QUEUED, "it waits for a node"));
        fake.contacts.add(Samples.contact("me", "bob", Contacts.Trust.VERIFIED, Sessions.State.OPEN));
        fake.contacts.add(Samples.contact("me", "carol", Contacts.Trust.UNVERIFIED, Sessions.State.NONE));
        fake.contacts.add(Samples.contact("me", "erin", Contacts.Trust.ROTATED, Sessions.State.OPENING));
        fake.inbox.put(5L, Samples.direct(5, "carol", "Hello from Carol", false, Optional.of("carol")));
        fake.inbox.put(
                6L,
                Samples.direct(6, "erin", "erin has new keys: the old ones were compromised", true, Optional.empty()));
        fake.outbox.put(7L, Samples.outgoing(7, "me", true, "carol", "handshake", Messages.State.RELAYED, ""));
        fake.outbox.put(8L, Samples.outgoing(8, "me", "lobby", Messages.State.RELAYED, "", Messages.Carrier.ROLLING));
        fake.cover.add(Samples.cover("work", true, "", Duration.ofMinutes(10), 20_000));
        fake.localWallets.readings.add(Samples.reading(Network.SIGNET, 120, 450));
        fake.localWallets.readings.add(Samples.reading(Network.SIGNET, 450, 450));
        fake.localWallets.labels.put(Samples.ADDRESS, "From a friend");
        fake.audited.add(new AuditLog.Entry(Samples.NOW.minusSeconds(3600), "store-unlocked", "with the passphrase"));
        fake.audited.add(new AuditLog.Entry(
                Samples.NOW, "handshake-refused", "contact erin offers AES_256_EAX only, which is forbidden"));
        fake.foreign.add(Samples.foreign(90, "com.example.suite", true, true));
        fake.foreign.add(Samples.foreign(91, "com.example.other", false, false));
        return fake;
    }

    private void arrive(long id, String persona, String from, Messages.Send request) {
        Optional<String> text = request.burn() ? Optional.empty() : Optional.of(request.text());
        Messages.Message message = Samples.message(id, persona, from, text, request.burn());
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
