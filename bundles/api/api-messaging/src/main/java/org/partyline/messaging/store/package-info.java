/** How the kernel keeps records in the store: their form, their keys, and the numbers that are given out. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.store;
