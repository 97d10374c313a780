package org.partyline.secretsfile;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Overwriting;
import org.partyline.api.PartylineException;
import org.partyline.api.panic.Erasable;

/** Erases the secrets file, whose contents open the store. No passphrase is needed to destroy it. */
@Component
public final class ErasableSecrets implements Erasable {
    private final Path directory;

    /** For Declarative Services. */
    @Activate
    public ErasableSecrets(BundleContext context) {
        this(FileSecretStore.directory(context));
    }

    ErasableSecrets(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "secrets-file";
    }

    @Override
    public int rank() {
        return RESTING_KEY;
    }

    @Override
    public void erase() throws PartylineException {
        try {
            Overwriting.deleteAllIn(directory);
        } catch (IOException e) {
            throw new PartylineException("the secrets in " + directory + " cannot be erased: delete them by hand", e);
        }
    }
}
