package org.partyline.storejdbc;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the store, in etc/org.partyline.store.jdbc.cfg. */
@ObjectClassDefinition(
        id = StoreSettings.PID,
        name = "Partyline store",
        description = "Where the server keeps its sealed state.")
@interface StoreSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.store.jdbc";

    /** Name of a DataSource service, or empty. */
    @AttributeDefinition(
            name = "Data source",
            description =
                    "Name of a DataSource service (osgi.jndi.service.name or dataSourceName), 0 to 255 characters."
                            + " Empty: H2 in a file under partyline.home. A database of its own for each server.",
            required = false)
    String datasource() default "";

    /** Minutes, hours or days. */
    @AttributeDefinition(
            name = "Erase after",
            description =
                    "How long what was deleted may stay in the store's files, sealed, before they are rewritten: 1m to 7d.",
            required = false)
    String erase$_$after() default "1h";
}
