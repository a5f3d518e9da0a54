DROP TABLE former_addresses;
DROP TABLE import_map;
