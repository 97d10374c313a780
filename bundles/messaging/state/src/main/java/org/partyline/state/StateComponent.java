package org.partyline.state;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.crypto.Kem;
import org.partyline.api.health.Liveness;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.identity.Identities;
import org.partyline.api.metrics.StageMeter;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.settings.LastSettings;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.EventHub;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.SecurityLog;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.state.StateOwner;
import org.partyline.messaging.state.StateServices;
import org.partyline.messaging.state.ThreadWatchdog;
import org.partyline.messaging.state.Threads;

/**
 * The first in the line of components: creates and publishes the services that every stage receives. It requires a
 * store; any other service of the layers below may come and go.
 */
@Component(service = Liveness.class, immediate = true, property = Liveness.PART + "=state")
public final class StateComponent implements Liveness {
    private final ScheduledExecutorService eventThread = Threads.scheduled("partyline-events");
    private final ThreadWatchdog beats = new ThreadWatchdog(Map.of("events", eventThread), System::nanoTime);
    private final Bus bus = new Bus();
    private final Protocols protocols;
    private final LastSettings settings;
    private final StateServices services;

    private final Offers offers = new Offers();

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile AuditLog auditLog;

    /** For Declarative Services. */
    @Activate
    public StateComponent(@Reference Store store, @Reference BundleWatch bundles) {
        this(store, bundles, Clock.systemUTC(), new SecureRandom());
    }

    /** @param outages reports which bundle is missing */
    public StateComponent(Store store, Operations.Outages outages, Clock clock, SecureRandom random) {
        Operations operations = new Operations(outages);
        protocols = new Protocols(operations);
        settings = new LastSettings(() -> new AbsentException(
                protocols.operatorSettings.missing().orElse("the settings have not been read yet")));
        EventHub events =
                new EventHub(eventThread, () -> settings.get().reading().reorderHold());
        Notices notices = new Notices(bus, events, new SecurityLog(() -> Optional.ofNullable(auditLog), clock));
        services = new StateServices(
                store, new StateGuard(store, operations), operations, protocols, settings, clock, random, notices);
        offers.add(StateServices.class, services);
        offers.add(
                StateOwner.class,
                new SharedState(
                        services.people(),
                        services.recognition(),
                        clock,
                        protocols.channelKeys.service(),
                        protocols.chains.service(),
                        events));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** Returns the services that every stage is created with. */
    public StateServices services() {
        return services;
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    /** Where security events are recorded; null while it is unavailable. */
    public void setAuditLog(AuditLog log) {
        auditLog = log;
    }

    private <T> void added(Live<T> live, T service) {
        live.set(service);
        // Work that waited for it continues, wherever it waits.
        bus.publish(new Bus.PartsReturned());
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOperatorSettings(OperatorSettings service) {
        settings.added(service);
        added(protocols.operatorSettings, service);
    }

    /** The last valid settings stay in use. */
    public void unsetOperatorSettings(OperatorSettings service) {
        settings.removed(service);
        protocols.operatorSettings.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setMeter(StageMeter listener) {
        services.meter().listen(listener);
    }

    public void unsetMeter(StageMeter listener) {
        services.meter().unlisten(listener);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPacketCodec(PacketCodec service) {
        added(protocols.codec, service);
    }

    public void unsetPacketCodec(PacketCodec service) {
        protocols.codec.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setFragmenter(Fragmenter service) {
        added(protocols.fragmenter, service);
    }

    public void unsetFragmenter(Fragmenter service) {
        protocols.fragmenter.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setChannelKeys(ChannelKeys service) {
        added(protocols.channelKeys, service);
    }

    public void unsetChannelKeys(ChannelKeys service) {
        protocols.channelKeys.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setChains(Chains service) {
        added(protocols.chains, service);
    }

    public void unsetChains(Chains service) {
        protocols.chains.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setIdentities(Identities service) {
        added(protocols.identities, service);
    }

    public void unsetIdentities(Identities service) {
        protocols.identities.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setBackupFile(BackupFile service) {
        added(protocols.backupFile, service);
    }

    public void unsetBackupFile(BackupFile service) {
        protocols.backupFile.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakes(Handshakes service) {
        added(protocols.handshakes, service);
    }

    public void unsetHandshakes(Handshakes service) {
        protocols.handshakes.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setKem(Kem service) {
        added(protocols.kem, service);
    }

    public void unsetKem(Kem service) {
        protocols.kem.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPace(Pace service) {
        added(protocols.pace, service);
    }

    public void unsetPace(Pace service) {
        protocols.pace.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setSuiteDirectory(SuiteDirectory service) {
        added(protocols.suites, service);
    }

    public void unsetSuiteDirectory(SuiteDirectory service) {
        protocols.suites.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setNodeDirectory(NodeDirectory service) {
        added(protocols.nodes, service);
    }

    public void unsetNodeDirectory(NodeDirectory service) {
        protocols.nodes.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setLegacyReader(LegacyReader service) {
        added(protocols.legacyReader, service);
    }

    public void unsetLegacyReader(LegacyReader service) {
        protocols.legacyReader.unset(service);
    }

    @Override
    public Optional<String> failure() {
        return beats.failure();
    }

    @Deactivate
    public void stop() {
        offers.close();
        Threads.stop(eventThread);
    }
}
