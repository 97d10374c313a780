package org.partyline.shell;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.transport.LocalWallets;

/**
 * The engine's services as the commands see them: each may come and go at any time, and a command that needs one that is
 * away says so in one line. A command takes a service for one operation.
 */
@Component(service = Engine.class)
public final class Engine {
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Vault vault;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Personas personas;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Channels channels;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Messages messages;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Suites suites;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Nodes nodes;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Fees fees;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Wallets wallets;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Contacts contacts;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Sessions sessions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Backups backups;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile AuditLog audit;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Unattended unattended;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Cover cover;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Privacy privacy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile LocalWallets localWallets;

    /** Null while it is away. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Outages outages;

    /** For Declarative Services, which fills the fields. */
    public Engine() {}

    /** With these services; null for one that is away. */
    Engine(
            Vault vault,
            Personas personas,
            Channels channels,
            Messages messages,
            Suites suites,
            Nodes nodes,
            Fees fees,
            Wallets wallets,
            Contacts contacts,
            Sessions sessions,
            Backups backups,
            AuditLog audit,
            Unattended unattended,
            Cover cover,
            Privacy privacy,
            LocalWallets localWallets) {
        this.vault = vault;
        this.personas = personas;
        this.channels = channels;
        this.messages = messages;
        this.suites = suites;
        this.nodes = nodes;
        this.fees = fees;
        this.wallets = wallets;
        this.contacts = contacts;
        this.sessions = sessions;
        this.backups = backups;
        this.audit = audit;
        this.unattended = unattended;
        this.cover = cover;
        this.privacy = privacy;
        this.localWallets = localWallets;
    }

    Vault vault() throws CommandError {
        return here(vault, "store");
    }

    Personas personas() throws CommandError {
        return here(personas, "persona");
    }

    Channels channels() throws CommandError {
        return here(channels, "channel");
    }

    Messages messages() throws CommandError {
        return here(messages, "message");
    }

    Suites suites() throws CommandError {
        return here(suites, "suite");
    }

    Nodes nodes() throws CommandError {
        return here(nodes, "node");
    }

    Fees fees() throws CommandError {
        return here(fees, "fee");
    }

    Wallets wallets() throws CommandError {
        return here(wallets, "wallet");
    }

    Contacts contacts() throws CommandError {
        return here(contacts, "contact");
    }

    Sessions sessions() throws CommandError {
        return here(sessions, "session");
    }

    Backups backups() throws CommandError {
        return here(backups, "backup");
    }

    AuditLog audit() throws CommandError {
        return here(audit, "audit");
    }

    Unattended unattended() throws CommandError {
        return here(unattended, "secrets");
    }

    Cover cover() throws CommandError {
        return here(cover, "cover");
    }

    Privacy privacy() throws CommandError {
        return here(privacy, "privacy");
    }

    LocalWallets localWallets() throws CommandError {
        return here(localWallets, "wallet");
    }

    /** The bundles of ours that do not run; none when nobody can tell. */
    List<Outages.Outage> outages() {
        Outages known = outages;
        return known == null ? List.of() : known.list();
    }

    /** Whether there may be wallets of this server itself. */
    boolean hasLocalWallets() {
        return localWallets != null;
    }

    private <T> T here(T service, String name) throws CommandError {
        if (service == null) {
            List<String> stopped = StoppedBundles.warnings(this);
            if (!stopped.isEmpty()) {
                throw new CommandError("the " + name + " service is away: try again in a moment; " + stopped.get(0));
            }
            throw new CommandError(
                    "the " + name + " service is away: try again in a moment, and if it stays away look at "
                            + "bundle:list for a bundle that is not Active");
        }
        return service;
    }
}
