package org.partyline.shell.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.health.Doctor;
import org.partyline.api.store.Store;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.NodeStatus;
import org.partyline.shell.channel.ChannelView;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.contact.ContactView;
import org.partyline.shell.cover.CoverText;
import org.partyline.shell.cover.CoverView;
import org.partyline.shell.doctor.DoctorText;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.error.SmallHeap;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.node.NodeText;
import org.partyline.shell.node.NodeView;
import org.partyline.shell.output.JsonValues;
import org.partyline.shell.output.KeyValueView;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.persona.PersonaView;
import org.partyline.shell.store.StoreText;

/** One screen about everything. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "status",
        description = "Show the server on one screen: store, nodes, channels, contacts, outbox, costs, " + "warnings",
        detailedDescription = "partyline:status\npartyline:status --json --exit-status")
final class StatusCommand extends PartylineCommand {
    private static final int MOST_CONTACTS = 8;
    private static final int MOST_CHANNELS = 8;
    private static final int MOST_PERSONAS = 8;
    private static final int MOST_WARNINGS = 10;
    /** The store is locked, or there is none. 3 says that there is no server, as for the init scripts of Linux (LSB). */
    private static final int LOCKED = 4;
    /** It works, and there is something to look at. */
    private static final int DEGRADED = 5;
    /** Nothing is sent or received. */
    private static final int FAILING = 6;
    /** How the engine's reasons begin where nothing is wrong. */
    private static final List<String> USUAL = List.of("it leaves at ", "it rides ", "it waits for message ");

    @Option(
            name = "--exit-status",
            description = "End with 4: locked, or no store; 5: there are warnings; 6: no node can be used; otherwise 0")
    private boolean exitStatus;

    private int fares;

    @Override
    protected Integer exitStatus() {
        return exitStatus ? fares : null;
    }

    @Override
    protected void run() throws CommandError, PartylineException {
        Vault vault = engine().vault();
        Store.State state = vault.state();
        Optional<List<Node>> here = engine().nodesIfHere();
        List<Node> nodes = here.orElse(List.of());
        Inside inside = state == Store.State.OPEN ? inside(here.isPresent()) : Inside.UNKNOWN;
        long dropped = vault.dropped();
        List<String> warnings = new ArrayList<>(vault.warnings());
        warnings.addAll(engine().stoppedBundles().warnings());
        Foreign foreign = Foreign.of(engine().foreignBundles());
        warnings.addAll(foreign.warnings());
        SmallHeap.warning(Runtime.getRuntime().maxMemory()).ifPresent(warnings::add);
        warnings.addAll(warnings(state, dropped, here, inside));
        warnings.addAll(engine().feeWarnings());
        fares = fares(state, nodes, warnings);
        Document document = Document.of(
                state, vault.collected(), dropped, nodes, inside, warnings, foreign, engine().doctorsLook());
        print(document, () -> show(state, document, nodes, inside, warnings));
    }

    private static int fares(Store.State state, List<Node> nodes, List<String> warnings) {
        if (state == Store.State.NEW) {
            return LOCKED;
        }
        if (nodes.stream().noneMatch(StatusCommand::mayWork)) {
            return FAILING;
        }
        if (state == Store.State.LOCKED) {
            return LOCKED;
        }
        return warnings.isEmpty() ? 0 : DEGRADED;
    }

    private static boolean mayWork(Node node) {
        NodeStatus.State state = node.status().state();
        return !node.paused()
                && node.quarantine().isEmpty()
                && state != NodeStatus.State.UNREACHABLE
                && state != NodeStatus.State.REFUSED;
    }

    /** @param wallets whether they can be asked: they are known by the nodes' bundle */
    private Inside inside(boolean wallets) throws CommandError, PartylineException {
        return new Inside(
                engine().personas().list(),
                engine().channels().listAll(),
                engine().contacts().listAll(),
                engine().messages().outbox(true),
                wallets ? Optional.of(engine().wallets().list()) : Optional.empty(),
                engine().coverIfHere(),
                engine().limitsIfHere(),
                engine().vault().deriving());
    }

    private void show(Store.State state, Document document, List<Node> nodes, Inside inside, List<String> warnings) {
        Style style = state == Store.State.OPEN ? Style.GOOD : Style.WARN;
        KeyValueView view = new KeyValueView(console());
        view.add("Version", Build.ofThis().text());
        view.add("Store", console().paint(style, document.store()) + locked(state, document.collectedPackets()));
        if (state == Store.State.OPEN) {
            view.add("Persona", persona(inside));
            view.add("Channels", channelCount(inside.channels()));
            view.add("Contacts", contacts(inside.contacts()));
            view.add(
                    "Coins",
                    inside.holdings().isPresent() ? coins(document) : "not known: the node service is not running");
            view.add(
                    "Outbox",
                    document.queue().waiting() + " waiting, " + document.queue().underWay() + " under way, "
                            + document.queue().failed() + " failed");
            view.add("Cover", inside.cover().map(CoverText::line).orElse(CoverText.AWAY));
            if (inside.deriving() > 0) {
                view.add("Reading", StoreText.reading(inside.deriving()));
            }
            view.add(
                    "Spent",
                    document.spentSat() == null
                            ? "unknown: the fee service is not running"
                            : Units.sat(document.spentSat()) + " in the last 24 hours (partyline:fee-limit)");
        }
        Foreign.line(document.foreignBundles()).ifPresent(line -> view.add("Foreign", line));
        view.add(
                "Doctor",
                engine().doctorsLook()
                        .map(look -> DoctorText.of(look) + " at " + Units.time(look.time()) + " (partyline:doctor)")
                        .orElse("not asked yet (partyline:doctor)"));
        view.print();
        console().line("");
        NodeText.table(console(), nodes);
        if (state == Store.State.OPEN) {
            console().line("");
            channels(inside.channels());
            if (!inside.contacts().isEmpty()) {
                console().line("");
                contactTable(inside.contacts());
            }
        }
        if (!warnings.isEmpty()) {
            console().line("");
            warnings.stream()
                    .limit(MOST_WARNINGS)
                    .forEach(warning ->
                            console().hanging(console().paint(Style.WARN, "Warning") + "  ", Sanitizer.line(warning)));
            more(Math.min(MOST_WARNINGS, warnings.size()), warnings.size(), "outbox, or status --json");
        }
    }

    /** Where a list goes on that is too long for one screen. @param where the command that shows the rest */
    private void more(int shown, int all, String where) {
        if (shown < all) {
            console().line("… and " + (all - shown) + " more: partyline:" + where);
        }
    }

    private static String channelCount(List<Channel> channels) {
        long unread = channels.stream().filter(channel -> channel.unread() > 0).count();
        return channels.isEmpty()
                ? "none"
                : channels.size() + (unread == 0 ? "" : ", " + unread + " with unread messages");
    }

    private static String locked(Store.State state, long collected) {
        return state == Store.State.LOCKED ? ", " + Units.count(collected, "packet") + " collected" : "";
    }

    /** {@code 12 packets that came while the store was locked were dropped: ...}. */
    private static String dropped(Store.State state, long dropped) {
        return Units.count(dropped, "packet") + " that came while the store was locked "
                + (dropped == 1 ? "was" : "were") + " dropped for want of room, strangers' or yours: "
                + (state == Store.State.OPEN ? "the blocks are read again now" : "unlock reads the blocks again");
    }

    /** Change of a message that is not confirmed yet is not lost: it is under way. */
    private static String coins(Document document) {
        return Units.sat(document.coinsSat())
                + (document.coinsUnderWaySat() == 0
                        ? ""
                        : " confirmed, " + Units.sat(document.coinsUnderWaySat()) + " under way");
    }

    private static String persona(Inside inside) {
        int all = inside.personas().size();
        List<String> names = inside.personas().stream()
                .sorted(Comparator.comparing(persona -> !persona.current()))
                .limit(MOST_PERSONAS)
                .map(persona -> Sanitizer.line(persona.name()) + (persona.current() ? " (current)" : ""))
                .toList();
        String rest = all > names.size() ? " and " + (all - names.size()) + " more" : "";
        return names.isEmpty() ? "none" : String.join(", ", names) + rest;
    }

    private void channels(List<Channel> channels) {
        Table table = new Table()
                .column("CHANNEL")
                .column("PERSONA")
                .column("NETWORK")
                .number("UNREAD")
                .words("LAST MESSAGE (UTC)");
        List<Channel> latest = channels.size() <= MOST_CHANNELS
                ? channels
                : channels.stream()
                        .sorted(Comparator.comparing((Channel channel) -> channel.unread() > 0)
                                .thenComparing(channel -> channel.lastMessage().orElse(Instant.MIN))
                                .reversed()
                                .thenComparing(Channel::name))
                        .limit(MOST_CHANNELS)
                        .toList();
        for (Channel channel : latest) {
            table.row(
                    Table.Cell.of(channel.name(), Style.BOLD),
                    channel.persona(),
                    channel.network().label(),
                    channel.unread(),
                    channel.lastMessage().map(Units::time).orElse("never"));
        }
        table.print(console(), "No channels yet: make one with partyline:channel-create NAME, or join one.");
        more(latest.size(), channels.size(), "channel-list");
    }

    /** {@code 3, 1 unverified; 2 sessions open, 1 opening}. */
    private static String contacts(List<Contact> contacts) {
        if (contacts.isEmpty()) {
            return "none";
        }
        StringBuilder text = new StringBuilder(String.valueOf(contacts.size()));
        for (Trust trust : List.of(Trust.UNVERIFIED, Trust.ROTATED)) {
            long number = contacts.stream()
                    .filter(contact -> contact.trust() == trust)
                    .count();
            text.append(
                    number == 0
                            ? ""
                            : ", " + number + " " + (trust == Trust.ROTATED ? "to verify again" : "unverified"));
        }
        SessionCount sessions = SessionCount.of(contacts);
        return text.append("; ")
                .append(Units.count(sessions.open(), "session"))
                .append(" open")
                .append(sessions.protectedNow() == 0 ? "" : ", " + sessions.protectedNow() + " protected")
                .append(sessions.exchanging() == 0 ? "" : ", " + sessions.exchanging() + " being protected")
                .append(sessions.opening() == 0 ? "" : ", " + sessions.opening() + " opening")
                .toString();
    }

    /** Who wrote last, for one screen. */
    private void contactTable(List<Contact> contacts) {
        List<Contact> latest = contacts.stream()
                .sorted(Comparator.comparing((Contact contact) -> contact.unread() > 0)
                        .thenComparing(contact -> contact.lastMessage().orElse(Instant.MIN))
                        .reversed()
                        .thenComparing(Contact::name))
                .limit(MOST_CONTACTS)
                .toList();
        ContactText.table(latest).print(console(), "");
        more(latest.size(), contacts.size(), "contact-list");
    }

    private static List<String> warnings(Store.State state, long dropped, Optional<List<Node>> here, Inside inside) {
        List<String> warnings = new ArrayList<>();
        if (state == Store.State.NEW) {
            warnings.add("there is no store yet: make one with partyline:setup");
        }
        if (state == Store.State.LOCKED) {
            warnings.add("the store is locked: open it with partyline:unlock");
        }
        if (dropped > 0) {
            warnings.add(dropped(state, dropped));
        }
        List<Node> nodes = here.orElse(List.of());
        if (here.isPresent() && nodes.isEmpty()) {
            warnings.add("there is no node, so nothing is sent or received: add one with partyline:node-add");
        }
        for (Node node : nodes) {
            node.quarantine()
                    .ifPresent(held -> warnings.add(
                            "node " + node.name() + " is set aside and nothing is sent by it: " + held.reason()));
            NodeStatus.State nodeState = node.status().state();
            if (nodeState == NodeStatus.State.UNREACHABLE || nodeState == NodeStatus.State.REFUSED) {
                String why = node.status().detail().isEmpty()
                        ? ""
                        : ": " + node.status().detail();
                warnings.add("node " + node.name() + " is " + nodeState.name().toLowerCase(Locale.ROOT) + why);
            }
            if (node.status().isAlone() && !node.network().isPlay() && !node.paused()) {
                warnings.add("node " + node.name() + " has no peers: what is sent by it reaches nobody");
            }
        }
        for (Holding holding : inside.holdings().orElse(List.of())) {
            if (!holding.problem().isEmpty()) {
                warnings.add("wallet " + holding.wallet() + " of " + holding.persona() + ": " + holding.problem());
            }
        }
        for (Contact contact : inside.contacts()) {
            if (contact.trust() == Trust.ROTATED) {
                warnings.add("contact " + contact.name() + " of " + contact.persona()
                        + " has new keys, and somebody else may know the old ones: compare the safety number again with "
                        + "partyline:contact-verify");
            }
        }
        for (Cover.Status cover : inside.cover().orElse(List.of())) {
            if (!cover.problem().isEmpty()) {
                warnings.add("cover traffic of " + cover.persona() + " waits: " + cover.problem());
            }
        }
        for (Outgoing message : inside.outbox()) {
            if (!message.state().isSettled() && !message.reason().isEmpty() && !isUsual(message.reason())) {
                warnings.add("message " + message.id() + " is " + MessageText.state(message.state()) + ": "
                        + message.reason());
            }
        }
        return warnings;
    }

    /** Whether a message waits as the settings say: delays, cover traffic, a version to come. The outbox shows it. */
    private static boolean isUsual(String reason) {
        return USUAL.stream().anyMatch(reason::startsWith);
    }

    /** What only an open store tells. */
    private record Inside(
            List<Persona> personas,
            List<Channel> channels,
            List<Contact> contacts,
            List<Outgoing> outbox,
            Optional<List<Holding>> holdings,
            Optional<List<Cover.Status>> cover,
            Optional<Fees.Limits> limits,
            int deriving) {
        private static final Inside UNKNOWN = new Inside(
                List.of(), List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), 0);

        /** Null while nobody can tell. */
        Long coins() {
            return sum(AccountStatus::confirmed);
        }

        Long coinsUnderWay() {
            return sum(AccountStatus::unconfirmed);
        }

        private Long sum(ToLongFunction<AccountStatus> amount) {
            return holdings.map(all -> all.stream()
                            .map(Holding::status)
                            .flatMap(Optional::stream)
                            .mapToLong(amount)
                            .sum())
                    .orElse(null);
        }

        Queue queue() {
            long waiting = outbox.stream()
                    .filter(message -> message.state().isWaiting())
                    .count();
            long underWay = outbox.stream()
                    .filter(message -> message.state() == State.SENT || message.state() == State.RELAYED)
                    .count();
            long failed = outbox.stream()
                    .filter(message -> message.state() == State.FAILED)
                    .count();
            return new Queue(waiting, underWay, failed);
        }
    }

    /** @param protectedNow of those that are open @param exchanging of those that are not protected yet */
    record SessionCount(long open, long opening, long protectedNow, long exchanging) {
        static SessionCount of(List<Contact> contacts) {
            return new SessionCount(
                    count(contacts, Sessions.State.OPEN),
                    count(contacts, Sessions.State.OPENING),
                    contacts.stream()
                            .filter(contact -> contact.protection().since().isPresent())
                            .count(),
                    contacts.stream()
                            .filter(contact -> contact.protection().since().isEmpty()
                                    && contact.protection().isUnderWay())
                            .count());
        }

        private static long count(List<Contact> contacts, Sessions.State state) {
            return contacts.stream()
                    .filter(contact -> contact.session() == state)
                    .count();
        }
    }

    record Queue(long waiting, long underWay, long failed) {}

    /** While the store is not open, what is inside is null; the cover traffic, and the coins, also while their service is not running. */
    record Document(
            String version,
            String commit,
            String store,
            Long collectedPackets,
            Long droppedPackets,
            List<PersonaView> personas,
            List<NodeView> nodes,
            List<ChannelView> channels,
            List<ContactView> contacts,
            SessionCount sessions,
            Queue queue,
            Long coinsSat,
            Long coinsUnderWaySat,
            Long spentSat,
            List<String> warnings,
            List<CoverView> cover,
            List<ForeignBundleView> foreignBundles,
            LookView doctor) {
        static Document of(
                Store.State state,
                long collected,
                long dropped,
                List<Node> nodes,
                Inside inside,
                List<String> warnings,
                Foreign foreign,
                Optional<Doctor.Look> look) {
            boolean open = state == Store.State.OPEN;
            Build build = Build.ofThis();
            return new Document(
                    build.version(),
                    build.commit().orElse(null),
                    JsonValues.word(state),
                    collected,
                    dropped,
                    open ? inside.personas().stream().map(PersonaView::of).toList() : null,
                    nodes.stream().map(NodeView::of).toList(),
                    open ? inside.channels().stream().map(ChannelView::of).toList() : null,
                    open ? inside.contacts().stream().map(ContactView::of).toList() : null,
                    open ? SessionCount.of(inside.contacts()) : null,
                    open ? inside.queue() : null,
                    open ? inside.coins() : null,
                    open ? inside.coinsUnderWay() : null,
                    inside.limits().map(Fees.Limits::daySpent).orElse(null),
                    warnings,
                    inside.cover()
                            .map(plans -> plans.stream().map(CoverView::of).toList())
                            .orElse(null),
                    foreign.bundles(),
                    look.map(LookView::of).orElse(null));
        }
    }

    /** @param time of the newest look @param unsafe how many findings were @param warnings how many were */
    record LookView(String time, long unsafe, long warnings) {
        static LookView of(Doctor.Look look) {
            return new LookView(JsonValues.iso(look.time()), look.unsafe(), look.warnings());
        }
    }
}
