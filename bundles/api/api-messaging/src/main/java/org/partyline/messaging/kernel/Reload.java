package org.partyline.messaging.kernel;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.store.StoreException;

/** Makes the unlocked state anew. */
@ProviderType
public interface Reload {
    /**
     * Makes memory anew where another bundle's chains took the place of those it was made with, or where nothing could be read when the
     * kernel began. The chains themselves go on: their state is in the store. Hold the kernel's lock.
     */
    void reload() throws StoreException;
}
