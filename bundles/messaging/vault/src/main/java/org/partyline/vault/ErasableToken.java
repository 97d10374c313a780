package org.partyline.vault;

import java.io.IOException;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.panic.Erasable;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Erases the token outside the home, which would reveal that a store existed. */
@Component
public final class ErasableToken implements Erasable {
    /**
     * The key of the note with the file's name, which is a hash, so that it is known even while the store is locked.
     */
    static final String NOTE = "continuity-file";

    private static final Logger LOG = LoggerFactory.getLogger(ErasableToken.class);

    private final Store store;
    private final TokenDirectory tokens;
    private volatile Optional<String> file = Optional.empty();

    /** For Declarative Services. */
    @Activate
    public ErasableToken(@Reference Store store, @Reference TokenDirectory tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    @Override
    public String name() {
        return "copy-token";
    }

    @Override
    public int rank() {
        return RECORDS;
    }

    @Override
    public void prepare() {
        try {
            file = store.note(NOTE);
        } catch (StoreException e) {
            // In that case, random bytes under a hash remain.
            LOG.debug("The name of the token is not known: {}", Faults.reason(e));
        }
    }

    @Override
    public void erase() throws PartylineException {
        Optional<String> name = file;
        if (name.isEmpty()) {
            return;
        }
        try {
            tokens.erase(name.get());
            file = Optional.empty();
        } catch (IOException e) {
            throw new PartylineException(
                    "the token that identifies old copies remains " + tokens.where() + ": delete it by hand", e);
        }
    }
}
