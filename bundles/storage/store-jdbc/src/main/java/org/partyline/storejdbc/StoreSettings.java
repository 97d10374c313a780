package org.partyline.storejdbc;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

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
            description = "Name of a DataSource service (osgi.jndi.service.name or dataSourceName), one database for "
                    + "each server. Empty: H2 in a file under partyline.home.",
            required = false)
    @Setting(
            unit = "none",
            range = "the name of a DataSource service, at most 255 characters, or nothing",
            effect = "at once; this locks the store")
    String datasource() default "";

    /** Minutes, hours or days. */
    @AttributeDefinition(
            name = "Erase after",
            description = "How long deleted data may stay in the store's files, encrypted, before they are rewritten.",
            required = false,
            min = "1m",
            max = "7d")
    @Setting(unit = Setting.DURATION)
    String erase$_$after() default "1h";
}
