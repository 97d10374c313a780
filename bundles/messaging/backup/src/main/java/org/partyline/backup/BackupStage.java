package org.partyline.backup;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Backups;
import org.partyline.api.identity.BackupFile;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Stage;
import org.partyline.engine.personas.PersonaKeyStore;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.sessions.HandshakeManager;

/** Offers backups, for as long as its bundle is there. */
@Component(service = Stage.class)
public final class BackupStage implements Stage {
    private final List<Offer<?>> offers;

    @Activate
    public BackupStage(@Reference Core core) {
        offers = List.of(new Offer<>(
                Backups.class,
                new BackupService(
                        core,
                        core.part(BackupFile.class),
                        core.part(PersonaKeyStore.class),
                        core.part(HandshakeManager.class),
                        core.part(Reception.class))));
    }

    @Override
    public List<Offer<?>> offers() {
        return offers;
    }
}
