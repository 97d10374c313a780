package org.partyline.shell.status;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.QueueEntry;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.json.ContactView;
import org.partyline.api.json.CoverView;
import org.partyline.api.json.JsonValues;
import org.partyline.api.json.NodeView;
import org.partyline.api.json.PersonaView;
import org.partyline.api.store.Store;
import org.partyline.api.transport.AccountStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.channel.ChannelView;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.contact.ContactText;
import org.partyline.shell.cover.CoverText;
import org.partyline.shell.doctor.DoctorText;
import org.partyline.shell.doctor.ServerHealth;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.node.NodeText;
import org.partyline.shell.output.KeyValueView;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;
import org.partyline.shell.store.StoreText;

/** Shows the state of the whole server on one screen. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "status",
        description = "Show the server on one screen: store, nodes, channels, contacts, outbox, costs, warnings",
        detailedDescription = "partyline:status\npartyline:status --json --exit-status")
@Needs(Role.EVERYONE)
final class StatusCommand extends PartylineCommand {
    private static final int MOST_CONTACTS = 8;
    private static final int MOST_CHANNELS = 8;
    private static final int MOST_PERSONAS = 8;
    private static final int MOST_WARNINGS = 10;

    @Option(
            name = "--exit-status",
            description = "Exit with 6: unsafe, or no usable node; 4: locked, or no store; 5: warnings; otherwise 0")
    private boolean exitStatus;

    private int fares;

    @Override
    protected @Nullable Integer exitStatus() {
        return exitStatus ? fares : null;
    }

    @Override
    protected void run() throws CommandError, PartylineException {
        Look look = Look.at(engine(), clock().instant());
        fares = look.judgement().exitStatus(Optional.of(look.state()));
        print(
                look.document(),
                () -> show(look.state(), look.document(), look.nodes(), look.inside(), look.judgement()));
    }

    /** Everything that the status shows. */
    record Look(Store.State state, List<Node> nodes, Inside inside, ServerHealth judgement, Document document) {
        static Look at(Engine engine, Instant now) throws CommandError, PartylineException {
            Vault vault = engine.vault();
            Store.State state = vault.state();
            Optional<List<Node>> here = engine.nodesIfHere();
            List<Node> nodes = here.orElse(List.of());
            Inside inside = state == Store.State.OPEN ? Inside.of(engine, here.isPresent()) : Inside.UNKNOWN;
            ServerHealth judgement = ServerHealth.of(engine, now);
            Document document = Document.of(
                    state,
                    vault.collected(),
                    vault.dropped(),
                    nodes,
                    inside,
                    judgement,
                    Foreign.of(engine.foreignBundles()));
            return new Look(state, nodes, inside, judgement, document);
        }
    }

    private void show(Store.State state, Document document, List<Node> nodes, Inside inside, ServerHealth judgement) {
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
                    inside.holdings().map(StatusCommand::coins).orElse("unknown: the node service is not running"));
            Queue queue = inside.queue();
            view.add(
                    "Outbox",
                    queue.waiting() + " waiting, " + queue.underWay() + " being sent, " + queue.failed() + " failed");
            view.add("Cover", inside.cover().map(CoverText::line).orElse(CoverText.AWAY));
            if (inside.deriving() > 0) {
                view.add("Reading", StoreText.reading(inside.deriving()));
            }
            view.add(
                    "Spent",
                    document.spentSat() == null
                            ? "unknown: the fee service is not running"
                            : Units.sat(document.spentSat()) + " in the last 24 hours"
                                    + outside(document.spentOutsideMessagesSat()) + " (partyline:fee-limit)");
        }
        Foreign.line(document.foreignBundles()).ifPresent(line -> view.add("Foreign", line));
        view.add("Doctor", DoctorText.of(judgement.look()) + " (partyline:doctor)");
        view.print();
        console().line("");
        NodeText.table(console(), nodes, engine().idleNodes());
        if (state == Store.State.OPEN) {
            console().line("");
            channels(inside.channels());
            if (!inside.contacts().isEmpty()) {
                console().line("");
                contactTable(inside.contacts());
            }
        }
        List<Finding> wrong = judgement.wrong();
        if (!wrong.isEmpty()) {
            console().line("");
            wrong.stream()
                    .limit(MOST_WARNINGS)
                    .forEach(finding -> console()
                            .hanging(
                                    DoctorText.label(console(), finding) + "  ",
                                    Sanitizer.line(DoctorText.line(finding))));
            more(Math.min(MOST_WARNINGS, wrong.size()), wrong.size(), "doctor");
        }
    }

    /** Says where a list continues that is too long for one screen. @param where the command that shows the rest */
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

    /** Change of an unconfirmed message is not lost, but pending. */
    private static String coins(List<Holding> holdings) {
        long sure = Inside.sum(holdings, AccountStatus::confirmed);
        long pending = Inside.sum(holdings, AccountStatus::unconfirmed);
        String known = Units.sat(sure) + (pending == 0 ? "" : " confirmed, " + Units.sat(pending) + " pending");
        long silent =
                holdings.stream().filter(holding -> holding.status().isEmpty()).count();
        if (silent == 0) {
            return known;
        }
        return (sure + pending == 0 ? "unknown" : "at least " + known) + ": " + Units.count(silent, "wallet")
                + (silent == 1 ? " does" : " do") + " not answer (partyline:wallet-status)";
    }

    private static String outside(@Nullable Long satoshi) {
        return satoshi == null || satoshi == 0 ? "" : ", " + Units.sat(satoshi) + " of it in no message's price";
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
        table.print(console(), "No channels yet: create one with partyline:channel-create NAME, or join one.");
        more(latest.size(), channels.size(), "channel-list");
    }

    /** Returns a summary, such as {@code 3, 1 unverified; 2 sessions open, 1 opening}. */
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

    /** Prints the latest senders, as many as fit on one screen. */
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

    /** The part of the status that needs an open store. */
    record Inside(
            List<Persona> personas,
            List<Channel> channels,
            List<Contact> contacts,
            List<QueueEntry> outbox,
            Optional<List<Holding>> holdings,
            Optional<List<Cover.Status>> cover,
            Optional<Fees.Limits> limits,
            int deriving) {
        private static final Inside UNKNOWN = new Inside(
                List.of(), List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), 0);

        /** @param wallets whether they are available: the nodes' bundle provides them */
        static Inside of(Engine engine, boolean wallets) throws CommandError, PartylineException {
            return new Inside(
                    engine.personas().list(),
                    engine.channels().listAll(),
                    engine.contacts().listAll(),
                    engine.messages().queue(),
                    wallets ? Optional.of(engine.wallets().list()) : Optional.empty(),
                    engine.coverIfHere(),
                    engine.limitsIfHere(),
                    engine.vault().deriving());
        }

        /** Null while a wallet does not answer. */
        private @Nullable Long coins(ToLongFunction<AccountStatus> amount) {
            return holdings.filter(all ->
                            all.stream().allMatch(holding -> holding.status().isPresent()))
                    .map(all -> sum(all, amount))
                    .orElse(null);
        }

        private static long sum(List<Holding> holdings, ToLongFunction<AccountStatus> amount) {
            return holdings.stream()
                    .map(Holding::status)
                    .flatMap(Optional::stream)
                    .mapToLong(amount)
                    .sum();
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

    /**
     * The number of sessions and their protection.
     *
     * @param protectedNow the open ones with protection @param exchanging those without protection yet
     */
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

    /**
     * The status as {@code --json} shows it: while the store is not open, its contents are null; cover traffic and
     * coins also while their services are not running, and coins while a wallet does not answer.
     */
    record Document(
            String version,
            @Nullable String commit,
            String store,
            Long collectedPackets,
            Long droppedPackets,
            @Nullable List<PersonaView> personas,
            List<NodeView> nodes,
            @Nullable List<ChannelView> channels,
            @Nullable List<ContactView> contacts,
            @Nullable SessionCount sessions,
            @Nullable Queue queue,
            @Nullable Long coinsSat,
            @Nullable Long coinsUnderWaySat,
            @Nullable Long spentSat,
            @Nullable Long spentOutsideMessagesSat,
            List<String> warnings,
            @Nullable List<CoverView> cover,
            @Nullable List<ForeignBundleView> foreignBundles,
            LookView doctor) {
        static Document of(
                Store.State state,
                long collected,
                long dropped,
                List<Node> nodes,
                Inside inside,
                ServerHealth judgement,
                Foreign foreign) {
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
                    open ? inside.coins(AccountStatus::confirmed) : null,
                    open ? inside.coins(AccountStatus::unconfirmed) : null,
                    inside.limits().map(Fees.Limits::daySpent).orElse(null),
                    inside.limits().map(Fees.Limits::dayOutside).orElse(null),
                    judgement.wrong().stream().map(DoctorText::line).toList(),
                    inside.cover()
                            .map(plans -> plans.stream().map(CoverView::of).toList())
                            .orElse(null),
                    foreign.bundles(),
                    LookView.of(judgement.look()));
        }
    }

    /**
     * The number of findings.
     *
     * @param time of the check @param unsafe number of unsafe findings @param warnings number of warnings
     */
    record LookView(String time, long unsafe, long warnings) {
        static LookView of(Doctor.Look look) {
            return new LookView(JsonValues.iso(look.time()), look.unsafe(), look.warnings());
        }
    }
}
