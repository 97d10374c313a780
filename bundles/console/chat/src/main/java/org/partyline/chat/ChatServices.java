package org.partyline.chat;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.chat.live.DraftOwners;
import org.partyline.chat.live.Services;
import org.partyline.chat.model.Preferences;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides the engine's services and the settings to a chat. */
@Component(service = ChatServices.class, configurationPid = ChatConfiguration.PID)
public final class ChatServices implements Services {
    private static final Logger LOG = LoggerFactory.getLogger(ChatServices.class);

    /** The package prefix of the engine and its parts: ciphers, carriers, nodes. */
    private static final String ENGINE = "(" + Constants.OBJECTCLASS + "=org.partyline.api.*)";

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Vault vault;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Personas personas;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Channels channels;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Contacts contacts;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Messages messages;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Conversations conversations;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Nodes nodes;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Fees fees;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Cover cover;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Suites suites;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AuditLog audit;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile PassphraseStrength strength;

    private final BundleContext context;
    private final DraftOwners draftOwners = new DraftOwners();
    private volatile Preferences preferences = Preferences.NONE;
    private volatile Optional<Path> transcripts = Optional.empty();

    /** For Declarative Services, which fills the fields. */
    @Activate
    public ChatServices(BundleContext context) {
        this.context = context;
    }

    /** For Declarative Services, also called when a setting changes. */
    @Activate
    @Modified
    void set(Map<String, Object> configuration) {
        try {
            preferences = new Preferences(
                    ChatConfiguration.LOCK_AFTER.in(configuration),
                    ChatConfiguration.TIME_ZONE.in(configuration),
                    ChatConfiguration.NOTIFY.in(configuration));
            transcripts = ChatConfiguration.TRANSCRIPTS.in(configuration);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", ChatConfiguration.PID, e.getMessage());
        }
    }

    /** Returns the settings of the screen. */
    public Preferences preferences() {
        return preferences;
    }

    @Override
    public Optional<Path> transcripts() {
        return transcripts;
    }

    @Override
    public AutoCloseable watch(Runnable changed) {
        ServiceListener listener = event -> changed.run();
        try {
            context.addServiceListener(listener, ENGINE);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return () -> context.removeServiceListener(listener);
    }

    @Override
    public DraftOwners draftOwners() {
        return draftOwners;
    }

    @Override
    public Optional<Vault> vault() {
        return Optional.ofNullable(vault);
    }

    @Override
    public Optional<Personas> personas() {
        return Optional.ofNullable(personas);
    }

    @Override
    public Optional<Channels> channels() {
        return Optional.ofNullable(channels);
    }

    @Override
    public Optional<Contacts> contacts() {
        return Optional.ofNullable(contacts);
    }

    @Override
    public Optional<Messages> messages() {
        return Optional.ofNullable(messages);
    }

    @Override
    public Optional<Conversations> conversations() {
        return Optional.ofNullable(conversations);
    }

    @Override
    public Optional<Nodes> nodes() {
        return Optional.ofNullable(nodes);
    }

    @Override
    public Optional<Fees> fees() {
        return Optional.ofNullable(fees);
    }

    @Override
    public Optional<Cover> cover() {
        return Optional.ofNullable(cover);
    }

    @Override
    public Optional<Suites> suites() {
        return Optional.ofNullable(suites);
    }

    @Override
    public Optional<AuditLog> audit() {
        return Optional.ofNullable(audit);
    }

    @Override
    public Optional<PassphraseStrength> strength() {
        return Optional.ofNullable(strength);
    }
}
