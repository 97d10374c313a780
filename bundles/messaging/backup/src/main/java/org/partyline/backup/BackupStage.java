package org.partyline.backup;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Backups;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.Offers;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.StateServices;

/** Publishes backups while its bundle runs. */
@Component(service = BackupStage.class, immediate = true)
public final class BackupStage {
    private final Bus bus;
    private final Offers offers = new Offers();
    private final Live<PersonaKeyStore> personaKeyStoreLive;
    private final Live<HandshakeManager> handshakeManagerLive;
    private final Live<Outbox> outboxLive;
    private final Live<Reception> receptionLive;

    @Activate
    public BackupStage(@Reference StateServices state) {
        bus = state.notices().bus();
        personaKeyStoreLive = state.live(PersonaKeyStore.class);
        handshakeManagerLive = state.live(HandshakeManager.class);
        outboxLive = state.live(Outbox.class);
        receptionLive = state.live(Reception.class);
        offers.add(
                Backups.class,
                new BackupService(
                        state.guard(),
                        state.clock(),
                        state.settings(),
                        new ReadingServices(state.protocols(), outboxLive, handshakeManagerLive, receptionLive),
                        state.notices(),
                        new SealedBackups(state.protocols().backupFile.service(), state.store()),
                        handshakeManagerLive.service(),
                        new PersonaImport(
                                state.people(),
                                state.registry(),
                                personaKeyStoreLive.service(),
                                receptionLive.service(),
                                state.settings(),
                                state.clock())));
    }

    /** For Declarative Services. */
    @Activate
    public void publish(BundleContext context) {
        offers.publish(context, bus);
    }

    /** For Declarative Services. */
    @Deactivate
    public void stop() {
        offers.close();
    }

    /** The published services. */
    public Offers offers() {
        return offers;
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setPersonaKeyStore(PersonaKeyStore service) {
        personaKeyStoreLive.set(service);
    }

    public void unsetPersonaKeyStore(PersonaKeyStore service) {
        personaKeyStoreLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.set(service);
    }

    public void unsetHandshakeManager(HandshakeManager service) {
        handshakeManagerLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setOutbox(Outbox service) {
        outboxLive.set(service);
    }

    public void unsetOutbox(Outbox service) {
        outboxLive.unset(service);
    }

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    public void setReception(Reception service) {
        receptionLive.set(service);
    }

    public void unsetReception(Reception service) {
        receptionLive.unset(service);
    }
}
