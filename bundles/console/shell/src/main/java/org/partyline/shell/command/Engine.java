package org.partyline.shell.command;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.config.Configurations;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Panic;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.api.hooks.Hooks;
import org.partyline.api.log.LogSettings;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.store.Store;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.web.WebAccess;
import org.partyline.shell.error.CommandError;

/**
 * Provides the engine's services to commands. Any of them may be unavailable at any time; a command that needs it
 * reports that in one line. A command obtains a service for one operation.
 */
@Component(service = Engine.class)
public final class Engine {
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Vault vault;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Personas personas;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Channels channels;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Messages messages;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Conversations conversations;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Events events;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Suites suites;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Nodes nodes;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Fees fees;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Wallets wallets;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Contacts contacts;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Sessions sessions;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Backups backups;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AuditLog audit;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Unattended unattended;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Cover cover;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Privacy privacy;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Doctor doctor;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile LogSettings log;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Panic panic;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile LocalWallets localWallets;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile ForeignBundles foreignBundles;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Configurations configurations;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile PassphraseStrength passphraseStrength;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile WebAccess webAccess;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile WebSwitch webSwitch;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Store store;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Hooks hooks;

    /** Null while it is unavailable. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Outages outages;

    private final Supplier<List<String>> idle;

    /**
     * For Declarative Services, which fills the fields.
     *
     * @param context used to report which bundles are not running while {@link Outages} itself is unavailable
     */
    @Activate
    public Engine(BundleContext context) {
        idle = () -> StoppedBundles.idle(context.getBundles());
    }

    /**
     * @param services by their interfaces; null for one that is unavailable
     * @param idle names of our bundles that are not running
     */
    Engine(Function<Class<?>, ?> services, Supplier<List<String>> idle) {
        this.idle = idle;
        vault = (Vault) services.apply(Vault.class);
        personas = (Personas) services.apply(Personas.class);
        channels = (Channels) services.apply(Channels.class);
        messages = (Messages) services.apply(Messages.class);
        conversations = (Conversations) services.apply(Conversations.class);
        events = (Events) services.apply(Events.class);
        suites = (Suites) services.apply(Suites.class);
        nodes = (Nodes) services.apply(Nodes.class);
        fees = (Fees) services.apply(Fees.class);
        wallets = (Wallets) services.apply(Wallets.class);
        contacts = (Contacts) services.apply(Contacts.class);
        sessions = (Sessions) services.apply(Sessions.class);
        backups = (Backups) services.apply(Backups.class);
        audit = (AuditLog) services.apply(AuditLog.class);
        unattended = (Unattended) services.apply(Unattended.class);
        cover = (Cover) services.apply(Cover.class);
        privacy = (Privacy) services.apply(Privacy.class);
        doctor = (Doctor) services.apply(Doctor.class);
        log = (LogSettings) services.apply(LogSettings.class);
        panic = (Panic) services.apply(Panic.class);
        localWallets = (LocalWallets) services.apply(LocalWallets.class);
        foreignBundles = (ForeignBundles) services.apply(ForeignBundles.class);
        configurations = (Configurations) services.apply(Configurations.class);
        passphraseStrength = (PassphraseStrength) services.apply(PassphraseStrength.class);
        webAccess = (WebAccess) services.apply(WebAccess.class);
        webSwitch = (WebSwitch) services.apply(WebSwitch.class);
        store = (Store) services.apply(Store.class);
        hooks = (Hooks) services.apply(Hooks.class);
    }

    /** @throws CommandError while the store service is not running */
    public Vault vault() throws CommandError {
        return here(vault, "store");
    }

    /** @throws CommandError while the persona service is not running */
    public Personas personas() throws CommandError {
        return here(personas, "persona");
    }

    /** @throws CommandError while the channel service is not running */
    public Channels channels() throws CommandError {
        return here(channels, "channel");
    }

    /** @throws CommandError while the message service is not running */
    public Messages messages() throws CommandError {
        return here(messages, "message");
    }

    /** @throws CommandError while the conversation service is not running */
    public Conversations conversations() throws CommandError {
        return here(conversations, "conversation");
    }

    /** @throws CommandError while the event service is not running */
    public Events events() throws CommandError {
        return here(events, "event");
    }

    /** @throws CommandError while the suite service is not running */
    public Suites suites() throws CommandError {
        return here(suites, "suite");
    }

    /** @throws CommandError while the node service is not running */
    public Nodes nodes() throws CommandError {
        return here(nodes, "node");
    }

    /** @throws CommandError while the fee service is not running */
    public Fees fees() throws CommandError {
        return here(fees, "fee");
    }

    /** @throws CommandError while the wallet service is not running */
    public Wallets wallets() throws CommandError {
        return here(wallets, "wallet");
    }

    /** @throws CommandError while the contact service is not running */
    public Contacts contacts() throws CommandError {
        return here(contacts, "contact");
    }

    /** @throws CommandError while the session service is not running */
    public Sessions sessions() throws CommandError {
        return here(sessions, "session");
    }

    /** @throws CommandError while the backup service is not running */
    public Backups backups() throws CommandError {
        return here(backups, "backup");
    }

    /** @throws CommandError while the audit service is not running */
    public AuditLog audit() throws CommandError {
        return here(audit, "audit");
    }

    /** @throws CommandError while the secrets service is not running */
    public Unattended unattended() throws CommandError {
        return here(unattended, "secrets");
    }

    /** @throws CommandError while the cover service is not running */
    public Cover cover() throws CommandError {
        return here(cover, "cover");
    }

    /** @throws CommandError while the doctor service is not running */
    public Doctor doctor() throws CommandError {
        return here(doctor, "doctor");
    }

    /** @throws CommandError while the settings service is not running */
    public Configurations configurations() throws CommandError {
        return here(configurations, "settings");
    }

    /** @throws CommandError while the log service is not running */
    public LogSettings log() throws CommandError {
        return here(log, "log");
    }

    /** @throws CommandError while the panic service is not running */
    public Panic panic() throws CommandError {
        return here(panic, "panic");
    }

    /** @throws CommandError while the privacy service is not running */
    public Privacy privacy() throws CommandError {
        return here(privacy, "privacy");
    }

    /** @throws CommandError while the wallet service is not running */
    public LocalWallets localWallets() throws CommandError {
        return here(localWallets, "wallet");
    }

    /** Returns the service that starts and stops the web server. @throws CommandError while it is unavailable */
    public WebSwitch webSwitch() throws CommandError {
        return here(webSwitch, "web");
    }

    /** @throws CommandError while the hook service is not running */
    public Hooks hooks() throws CommandError {
        return here(hooks, "hook");
    }

    /**
     * Returns the store, which remembers the keys of sent messages. @throws CommandError while the store service is not
     * running
     */
    public Store store() throws CommandError {
        return here(store, "store");
    }

    /** Returns the web server's tokens. @throws CommandError while the web server is not running */
    public WebAccess webAccess() throws CommandError {
        return webAccessIfHere()
                .orElseThrow(
                        () -> new CommandError("the web server is not running: start it with partyline:web-start"));
    }

    /** Returns the web server; empty while it is not running. */
    public Optional<WebAccess> webAccessIfHere() {
        return Optional.ofNullable(webAccess);
    }

    /**
     * Returns each plan of cover traffic, for a command about something else; empty while that service is not running
     * and none is active.
     */
    public Optional<List<Cover.Status>> coverIfHere() throws PartylineException {
        Cover known = cover;
        return known == null ? Optional.empty() : Optional.of(known.status());
    }

    /**
     * Returns the spending limits and the amounts spent; empty while the fee service is not running. Needs an open
     * store.
     */
    public Optional<Fees.Limits> limitsIfHere() throws PartylineException {
        Fees known = fees;
        return known == null ? Optional.empty() : Optional.of(known.limits());
    }

    /** Returns the service that keeps out third-party bundles; empty if there is none. */
    public Optional<ForeignBundles> foreignBundles() {
        return Optional.ofNullable(foreignBundles);
    }

    /**
     * Returns the nodes, for a command about something else; empty while their service is not running and none is used.
     */
    public Optional<List<Nodes.Node>> nodesIfHere() {
        return Optional.ofNullable(nodes).map(Nodes::list);
    }

    /** Returns nodes that are configured and not running; none while their service is not running. */
    public List<Nodes.Idle> idleNodes() {
        return Optional.ofNullable(nodes).map(Nodes::idle).orElse(List.of());
    }

    /** Returns our bundles that are not running. */
    public StoppedBundles stoppedBundles() {
        return new StoppedBundles(Optional.ofNullable(outages).map(Outages::list), idle.get());
    }

    /** Returns the service that rates new passphrases; empty while it is unavailable. */
    public Optional<PassphraseStrength> passphraseStrength() {
        return Optional.ofNullable(passphraseStrength);
    }

    /** Returns whether this server may have its own wallets. */
    public boolean hasLocalWallets() {
        return localWallets != null;
    }

    private <T> T here(T service, String name) throws CommandError {
        if (service == null) {
            String away = "the " + name + " service is not running: try again shortly";
            throw new CommandError(stoppedBundles()
                    .likely(name)
                    .map(warning -> away + "; " + warning)
                    .orElse(away + "; if this persists, check bundle:list for bundles that are not Active"));
        }
        return service;
    }
}
