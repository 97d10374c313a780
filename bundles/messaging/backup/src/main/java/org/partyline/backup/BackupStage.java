package org.partyline.backup;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Backups;
import org.partyline.api.identity.BackupFile;
import org.partyline.messaging.kernel.Stage;
import org.partyline.messaging.kernel.StageContext;
import org.partyline.messaging.personas.PersonaKeyStore;
import org.partyline.messaging.sessions.HandshakeManager;

/** Offers backups, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class BackupStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public BackupStage(@Reference StageContext context) {
        offers = List.of(new Offer<>(
                Backups.class,
                new BackupService(
                        context.guard(),
                        context.clock(),
                        context.settings(),
                        context.parts(),
                        context.notices(),
                        new SealedBackups(context.part(BackupFile.class), context.store()),
                        context.part(PersonaKeyStore.class),
                        context.part(HandshakeManager.class))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
