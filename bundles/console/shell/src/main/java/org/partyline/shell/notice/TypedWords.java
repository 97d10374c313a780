package org.partyline.shell.notice;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.store.Forgetful;
import org.partyline.consoleline.Prompts;

/** Wipes typed lines in all consoles when the store is locked: commands may contain message texts. */
@Component
public final class TypedWords implements Forgetful {
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Prompts prompts;

    /** For Declarative Services, which fills the field. */
    @Activate
    public TypedWords() {}

    TypedWords(Prompts prompts) {
        this.prompts = prompts;
    }

    @Override
    public void forget() {
        Prompts consoles = prompts;
        if (consoles != null) {
            consoles.forget();
        }
    }
}
