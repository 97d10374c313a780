package org.partyline.transportbitcoinj;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NetworkRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds, connects and pings peers, and temporarily avoids those that broke the rules. Used only on the node's thread.
 */
final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final Duration GREETING = Duration.ofSeconds(20);
    private static final Duration PING_EVERY = Duration.ofSeconds(30);
    private static final Duration SILENT = Duration.ofMinutes(3);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(60);
    static final Duration BANNED = Duration.ofMinutes(10);
    private static final Duration FIND_AGAIN = Duration.ofMinutes(5);

    private final P2pSettings settings;
    private final ChainParameters parameters;
    private final PeerDialer dialer;
    private final ThreadFactory threads;
    private final Clock clock;
    private final SecureRandom random;
    private final Consumer<Runnable> onLoop;
    private final Map<Endpoint, Contact> contacts = new LinkedHashMap<>();
    private final Map<Integer, Contact> bySlot = new TreeMap<>();
    private boolean finding;
    private Instant nextFind = Instant.MIN;

    /**
     * @param threads creates the threads of connections
     * @param onLoop runs work on the node's thread
     */
    Peers(
            P2pSettings settings,
            ChainParameters parameters,
            PeerDialer dialer,
            ThreadFactory threads,
            Clock clock,
            SecureRandom random,
            Consumer<Runnable> onLoop) {
        this.settings = settings;
        this.parameters = parameters;
        this.dialer = dialer;
        this.threads = threads;
        this.clock = clock;
        this.random = random;
        this.onLoop = onLoop;
        settings.peers().forEach(peer -> contacts.put(peer, new Contact(peer, true)));
    }

    /** The owner of a connection; null if there is none any more. */
    @Nullable
    Contact of(PeerLink link) {
        Contact contact = bySlot.get(link.slot());
        return contact != null && contact.link == link ? contact : null;
    }

    /** All known addresses, connected or not. */
    Collection<Contact> all() {
        return contacts.values();
    }

    /** Those with a connection, ready or not. */
    List<Contact> connected() {
        return List.copyOf(bySlot.values());
    }

    /** Those that have completed the handshake. */
    List<Contact> ready() {
        return bySlot.values().stream().filter(Contact::isReady).toList();
    }

    /** The connections that have completed the handshake, by slot. */
    Map<Integer, PeerLink> readyLinks() {
        Map<Integer, PeerLink> ready = new TreeMap<>();
        for (Contact contact : ready()) {
            PeerLink link = contact.connection();
            ready.put(link.slot(), link);
        }
        return ready;
    }

    /** A peer did not send a block in time. The only one is connected again, which may help. */
    void late(int slot, String why) {
        Contact contact = bySlot.get(slot);
        if (contact != null) {
            contact.late = true;
            if (ready().size() < 2) {
                contact.connection().end(why);
            }
        }
    }

    /** A connection was closed: it is tried again, after a growing delay; later if the peer broke the rules. */
    void lost(Contact contact, String reason) {
        bySlot.remove(contact.connection().slot());
        if (contact.connection().dishonest()) {
            contact.nextTry = clock.instant().plus(BANNED);
        }
        contact.disconnected();
        if (!contact.problem.equals(reason)) {
            LOG.info("node {}: peer {} disconnected: {}", settings.name(), contact.endpoint, reason);
            contact.problem = reason;
        }
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(contact.failures++, 6));
        wait = wait.compareTo(LAST_RETRY) < 0 ? wait : LAST_RETRY;
        Instant next = clock.instant().plus(wait).plusMillis(random.nextInt(1000));
        boolean avoided = contact.nextTry.isAfter(next);
        contact.nextTry = avoided ? contact.nextTry : next;
        // An avoided one stays known: otherwise a seed's next answer would bring it back at once.
        if (!contact.named && !avoided) {
            contacts.remove(contact.endpoint);
        }
    }

    /** Closes the connection to a peer that broke the rules, and avoids it for a while. */
    void punish(Contact contact, String why) {
        LOG.warn(
                "node {}: peer {}: {}; not used for {} minutes",
                settings.name(),
                contact.endpoint,
                why,
                BANNED.toMinutes());
        contact.nextTry = clock.instant().plus(BANNED);
        contact.connection().end(why);
    }

    /** Pings a connected peer, and disconnects a silent one. */
    void look(Contact contact, Instant now) {
        PeerLink link = contact.connection();
        if (!link.ready()) {
            if (contact.dialled
                    .plus(settings.connectTimeout().multipliedBy(2))
                    .plus(GREETING)
                    .isBefore(now)) {
                link.end("it does not complete the handshake");
            }
            return;
        }
        if (System.nanoTime() - link.lastReceived() > SILENT.toNanos()) {
            link.end("it is silent");
        } else if (contact.lastPing.plus(PING_EVERY).isBefore(now)) {
            contact.lastPing = now;
            link.ping();
        }
    }

    /**
     * Connects to those that are due.
     *
     * @param height our chain's height
     * @param listener receives the connections' events
     */
    void dial(Instant now, int height, PeerLink.Listener listener) {
        long found = contacts.values().stream()
                .filter(c -> !c.named && c.link != null)
                .count();
        int room = Math.max(0, settings.connections() - settings.peers().size()) - (int) found;
        List<Contact> order = new ArrayList<>(contacts.values());
        for (Contact contact : order) {
            if (contact.link != null || waits(now, contact.nextTry) || !contact.named && room <= 0) {
                continue;
            }
            NetworkRoute route = dialer.route(contact.endpoint);
            contact.route = route;
            if (route.kind() == NetworkRoute.Kind.REFUSED) {
                if (!contact.problem.equals(route.refusal())) {
                    LOG.error("node {}: {}", settings.name(), route.refusal());
                    contact.problem = route.refusal();
                }
                continue;
            }
            OptionalInt slot = freeSlot();
            if (slot.isEmpty()) {
                return;
            }
            room -= contact.named ? 0 : 1;
            contact.dialled = now;
            contact.link =
                    PeerLink.open(parameters, contact.endpoint, slot.getAsInt(), height, dialer, threads, listener);
            bySlot.put(slot.getAsInt(), contact);
        }
        if (settings.discovery() && room > 0 && !finding && !waits(now, nextFind) && mayFind()) {
            find();
        }
    }

    /** Whether something is not due yet. A time that is further away than any wait is from a clock that went back. */
    private static boolean waits(Instant now, Instant due) {
        return now.isBefore(due) && !due.isAfter(now.plus(BANNED));
    }

    private OptionalInt freeSlot() {
        for (int i = 0; i < TransactionRequests.SLOTS; i++) {
            if (!bySlot.containsKey(i)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** Resolving a seed bypasses any proxy, so it is allowed only if all connections are direct. */
    private boolean mayFind() {
        return parameters.seeds().stream().allMatch(this::isDirect);
    }

    private boolean isDirect(String seed) {
        return dialer.route(new Endpoint(seed, parameters.port())).kind() == NetworkRoute.Kind.DIRECT;
    }

    /** Asks the network's seeds for peers. */
    private void find() {
        finding = true;
        nextFind = clock.instant().plus(FIND_AGAIN);
        threads.newThread(() -> {
                    List<Endpoint> found = new ArrayList<>();
                    try {
                        found.addAll(ask());
                    } finally {
                        // In any case: otherwise it would never be tried again.
                        onLoop.accept(() -> take(found));
                    }
                })
                .start();
    }

    private List<Endpoint> ask() {
        List<Endpoint> found = new ArrayList<>();
        for (String seed : parameters.seeds()) {
            // A name server may take its time, and a proxy may be required meanwhile.
            if (!isDirect(seed)) {
                continue;
            }
            try {
                for (InetAddress address : InetAddress.getAllByName(seed)) {
                    Endpoint.parse(literal(address), parameters.port()).ifPresent(found::add);
                }
            } catch (UnknownHostException e) {
                LOG.debug("node {}: seed {} does not answer", settings.name(), seed);
            }
        }
        return found;
    }

    /** The seeds have answered. */
    void take(List<Endpoint> found) {
        finding = false;
        Collections.shuffle(found, random);
        found.stream()
                .limit(4L * settings.connections())
                .forEach(each -> contacts.putIfAbsent(each, new Contact(each, false)));
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    /** The network policy changed: waiting connections are tried at once. */
    void networkChanged() {
        for (Contact contact : contacts.values()) {
            if (contact.link == null
                    && (contact.route == null || !contact.route.equals(dialer.route(contact.endpoint)))) {
                contact.nextTry = Instant.MIN;
                contact.problem = "";
            }
        }
    }
}
