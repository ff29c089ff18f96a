# cmake -DOUTPUT=FILE.c -DFOLDER=DIR -P embed.cmake: C source with `const char joust_page_css[]` holding the text of
# DIR/page.css, and so on for each file of the folder.
file(GLOB files ${FOLDER}/*)
set(source "/* Made by cmake/embed.cmake. */\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER joust_${name} name)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND source "extern const char ${name}[];\nconst char ${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE ${OUTPUT} "${source}")
